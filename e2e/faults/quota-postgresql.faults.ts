import { describeQuota } from './support/describe-quota'

describeQuota()
