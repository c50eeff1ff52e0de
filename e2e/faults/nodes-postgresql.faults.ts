import { describeNodes } from './support/describe-nodes'

await describeNodes()
