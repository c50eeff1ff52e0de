import { describeShare, describeStores } from './support/describe-stores'

describeStores('sqlite')
describeShare('sqlite')
