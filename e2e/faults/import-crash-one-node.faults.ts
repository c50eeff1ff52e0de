import { describeImportCrash } from './support/describe-import-crash'

await describeImportCrash(1)
