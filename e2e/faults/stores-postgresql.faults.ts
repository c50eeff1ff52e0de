import { describeShare, describeStores } from './support/describe-stores'

describeStores('postgresql')
// A share fails alike whatever database remembers it, so the sample has one.
if (process.env.GLIMPSE_TEST_LONG === '1') describeShare('postgresql')
