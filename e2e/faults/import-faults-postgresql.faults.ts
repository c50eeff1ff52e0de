import { describeImportFaults } from './support/describe-import-faults'

describeImportFaults('postgresql')
