import { expect, it } from 'vitest'
import { redactUrls } from '@/lib/runtime/redact-urls'
import { withoutCredentials } from './location-uri'

it.each([
  ['swift+http://project%3Auser:key@auth.example/v3/container/object', 'swift+http://auth.example/v3/container/object'],
  ['s3://KEY:SEC/RET+@s3.example:9000/bucket/id', 's3://s3.example:9000/bucket/id'],
  ['S3+HTTPS://KEY:S@CRET@s3.example/bucket/id', 'S3+HTTPS://s3.example/bucket/id'],
  ['https://user:pass@web.example/a@2x.img?x=@', 'https://web.example/a@2x.img?x=@'],
  ['http://user@web.example', 'http://web.example'],
  ['http://a@b@web.example/', 'http://web.example/'],
  ['https://web.example/a@2x.img', 'https://web.example/a@2x.img'],
  ['file:///srv/b@c/id', 'file:///srv/b@c/id'],
  ['rbd://fs/pool/id/snap', 'rbd://fs/pool/id/snap'],
])('shows %s as %s', (url, shown) => {
  expect(withoutCredentials(url)).toBe(shown)
})

it.each([
  ['cannot read http://u:p@h/x and "https://v:q@i" now', 'cannot read http://***@h/x and "https://***@i" now'],
  ['somebody@example.org wrote http://h/a@b', 'somebody@example.org wrote http://h/a@b'],
])('takes names and passwords out of %s', (text, redacted) => {
  expect(redactUrls(text)).toBe(redacted)
})

it('needs time in proportion to the text alone', () => {
  const started = performance.now()
  redactUrls(`@${'://a'.repeat(500_000)}`)
  redactUrls(`@://${'a'.repeat(2_000_000)}`)
  expect(performance.now() - started).toBeLessThan(1000)
})
