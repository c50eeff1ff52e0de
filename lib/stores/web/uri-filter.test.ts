import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { allowedUrl, checkUri, isPrivate } from './uri-filter'

const configure = (settings: Readonly<Record<string, string>> = {}) => setConfig(loadConfig(settings))
afterEach(() => setConfig(undefined))

const refused = /does not pass filtering/

describe('allowedUrl', () => {
  it('takes http and https on their own ports and refuses the rest', () => {
    configure()
    for (const uri of ['http://images.example/a', 'https://images.example:443/a', 'HTTP://192.0.2.1:80/']) {
      expect(allowedUrl(uri)).toBeInstanceOf(URL)
    }
    const bad = [
      'file:///etc/passwd',
      'ftp://h/a',
      'http://h:8080/a',
      'http://h:22',
      'http:///a',
      '',
      'nonsense',
      'http://u:p@h/',
    ]
    for (const uri of bad) expect(() => allowedUrl(uri), uri).toThrow(refused)
  })

  it('refuses addresses in disguise', () => {
    configure()
    for (const host of ['2130706433', '0x7f000001', '127.1', '0177.0.0.1', '0x7f.1', '127.0.0.1.']) {
      expect(() => allowedUrl(`http://${host}/`), host).toThrow(refused)
    }
  })

  it('lets a list of allowed hosts decide alone, and a list of forbidden ones otherwise', () => {
    configure({ GLIMPSE__IMPORTS__ALLOWED_HOSTS: 'Good.example', GLIMPSE__IMPORTS__DISALLOWED_HOSTS: 'good.example' })
    expect(allowedUrl('http://GOOD.example/')).toBeInstanceOf(URL)
    expect(() => allowedUrl('http://other.example/')).toThrow(refused)
    configure({ GLIMPSE__IMPORTS__DISALLOWED_HOSTS: 'bad.example' })
    expect(() => allowedUrl('http://BAD.example/')).toThrow(refused)
    expect(() => allowedUrl('http://bad.example./')).toThrow(refused)
    configure({ GLIMPSE__IMPORTS__DISALLOWED_HOSTS: '192.0.2.9' })
    expect(() => allowedUrl('http://[::ffff:192.0.2.9]/')).toThrow(refused)
    expect(allowedUrl('http://other.example/')).toBeInstanceOf(URL)
  })
})

describe('checkUri', () => {
  it('refuses what leads inside, by address and by name, unless the operator allows it', async () => {
    configure()
    for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', '10.1.2.3', 'localhost']) {
      await expect(checkUri(`http://${host}/`), host).rejects.toThrow(refused)
    }
    await expect(checkUri('http://192.0.2.7/')).resolves.toMatchObject({ address: '192.0.2.7', family: 4 })
    configure({ GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true' })
    await expect(checkUri('http://127.0.0.1/')).resolves.toMatchObject({ address: '127.0.0.1', family: 4 })
  })

  it('knows the ranges', () => {
    const within = ['0.0.0.0', '100.64.0.1', '172.31.255.255', '192.168.0.1', '198.19.0.1', 'fd00::1', 'fe80::1', '::']
    for (const address of within) expect(isPrivate(address), address).toBe(true)
    for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:4860::1']) {
      expect(isPrivate(address), address).toBe(false)
    }
  })
})
