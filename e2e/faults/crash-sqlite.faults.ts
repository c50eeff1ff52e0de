import { describeCrash, describeDefaults } from './support/describe-crash'

await describeCrash('sqlite', 0.25)
describeDefaults('sqlite')
