import { describeShareImports } from './support/describe-share-imports'

describeShareImports('sqlite')
