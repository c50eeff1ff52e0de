import { describeFaults, describeTakeover } from './support/describe-faults'

describeFaults('postgresql')
describeTakeover('postgresql')
