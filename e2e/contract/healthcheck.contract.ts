import { describe, expect } from 'vitest'
import { anonymous } from './support/api'
import { expectLength } from './support/fault'
import { row } from './support/row'

const table = `<HTML>
<HEAD><TITLE>Healthcheck Status</TITLE></HEAD>
<BODY>

<H2>Result of 1 checks:</H2>
<TABLE bgcolor="#ffffff" border="1">
<TBODY>
<TR>

<TH>
Reason
</TH>
</TR>
<TR>

    <TD>OK</TD>

</TR>
</TBODY>
</TABLE>
<HR></HR>

</BODY>
</HTML>
`

describe('1.3 /healthcheck', () => {
  for (const accept of ['', '*/*'])
    row(`1.3 GET with Accept ${accept === '' ? 'absent' : accept}: 200 and OK in plain text`, async () => {
      const response = await anonymous.get('/healthcheck', { headers: { Accept: accept } })
      expect({ status: response.status, body: response.text }).toEqual({ status: 200, body: 'OK' })
      expect(response.headers['content-type']).toBe('text/plain; charset=UTF-8')
      expectLength(response, 2)
    })

  row('1.3 GET with Accept application/json: 200 and the reasons', async () => {
    const response = await anonymous.get('/healthcheck', { headers: { Accept: 'application/json' } })
    expect(response.status).toBe(200)
    expect(response.headers['content-type']).toBe('application/json')
    expect(JSON.parse(response.text)).toEqual({ detailed: false, reasons: ['OK'] })
  })

  row('1.3 GET with Accept text/html: 200 and a table', async () => {
    const response = await anonymous.get('/healthcheck', { headers: { Accept: 'text/html' } })
    expect(response.status).toBe(200)
    expect(response.headers['content-type']).toBe('text/html; charset=UTF-8')
    expect(response.text.trimEnd()).toBe(table.trimEnd())
  })

  row('1.3 HEAD: 204', async () => {
    const response = await anonymous.request('HEAD', '/healthcheck')
    expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
  })

  row('0.3 the health check carries no request id', async () => {
    expect((await anonymous.get('/healthcheck')).headers).not.toHaveProperty('x-openstack-request-id')
  })
})
