import { asksFor } from './accept'
import { jsonTextResponse, type WireRequest, type WireResponse } from './wire'

/** What load balancers ask for, in the bytes they know. Source: images.md 1.3. */
export function healthResponse(request: WireRequest): WireResponse {
  const accept = request.header('accept')
  if (asksFor(accept, 'text/html'))
    return { status: 200, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: table }
  if (asksFor(accept, 'application/json')) return jsonTextResponse(200, '{"detailed": false, "reasons": ["OK"]}')
  return { status: 200, headers: { 'content-type': 'text/plain; charset=UTF-8' }, body: 'OK' }
}

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
