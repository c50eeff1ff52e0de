import { describeFaults, describeTakeover } from './support/describe-faults'

describeFaults('sqlite')
describeTakeover('sqlite')
