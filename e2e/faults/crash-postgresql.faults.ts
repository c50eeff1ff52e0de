import { describeCrash, describeDefaults } from './support/describe-crash'

await describeCrash('postgresql', 0.75)
describeDefaults('postgresql')
