import { policyState } from '@/lib/policy/policy-source'
import { asksFor } from './accept'
import { jsonTextResponse, type WireRequest, type WireResponse } from './wire'

/**
 * What load balancers ask for, in the bytes they know. Rules that are refused are told as a further reason, to those who
 * ask for JSON: the service goes on by the last good ones. Which they are administrators alone learn. Source: images.md 1.3.
 */
export function healthResponse(request: WireRequest): WireResponse {
  const accept = request.header('accept')
  if (asksFor(accept, 'text/html'))
    return { status: 200, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: table }
  if (asksFor(accept, 'application/json')) {
    const refused =
      policyState().problem === null ? '' : ', "policy rules are refused; the last good ones stay in force"'
    return jsonTextResponse(200, `{"detailed": false, "reasons": ["OK"${refused}]}`)
  }
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
