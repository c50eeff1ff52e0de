import { describeFuzz } from './support/describe-fuzz'

describeFuzz('sqlite')
