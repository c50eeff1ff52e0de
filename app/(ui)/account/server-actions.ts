'use server'

import { headers } from 'next/headers'
import { z } from 'zod'
import { firstAddress } from '@/lib/http/web'
import { changePassword } from '@/lib/identity/builtin/users'
import { action } from '@/lib/session/action'

/** Ends every token of the user, so the next page of this session leads to the sign-in page. */
export const changePasswordAction = action(
  z.object({ present: z.string(), fresh: z.string().min(12) }),
  async (ctx, { present, fresh }) => {
    const remoteAddress = firstAddress((await headers()).get('x-forwarded-for'))
    const body = { user: { original_password: present, password: fresh } }
    await changePassword(ctx, ctx.principal.userId, body, remoteAddress)
    return null
  },
)
