'use client'

import { useState, useTransition } from 'react'
import { Form } from 'react-aria-components'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import type { Result } from '@/components/ui/result'
import { accountTexts } from './messages'

const LENGTH_MIN = 12

export interface PasswordFormProps {
  readonly userName: string
  readonly change: (input: { present: string; fresh: string }) => Promise<Result<null>>
}

export function PasswordForm({ userName, change }: PasswordFormProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, start] = useTransition()
  const submit = (data: FormData) => {
    const [present = '', fresh = '', repeated = ''] = ['present', 'fresh', 'repeat'].map((name) =>
      String(data.get(name) ?? ''),
    )
    if (fresh.length < LENGTH_MIN) return setProblem(accountTexts.tooShort)
    if (fresh !== repeated) return setProblem(accountTexts.differs)
    start(async () => {
      const result = await insist(() => change({ present, fresh }))
      if (result.ok) window.location.assign('/signin?over=1')
      else setProblem(result.message)
    })
  }
  return (
    <Form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        submit(new FormData(event.currentTarget))
      }}
    >
      <p className="text-muted text-sm">{accountTexts.changePasswordText}</p>
      {problem !== null && (
        <Banner tone="danger" role="alert">
          {problem}
        </Banner>
      )}
      {/* Password managers file the new password under this name. */}
      <input type="text" name="userName" autoComplete="username" value={userName} readOnly hidden />
      <TextInput
        label={accountTexts.present}
        name="present"
        type="password"
        autoComplete="current-password"
        isRequired
      />
      <TextInput
        label={accountTexts.fresh}
        name="fresh"
        type="password"
        autoComplete="new-password"
        help={accountTexts.help}
        isRequired
      />
      <TextInput label={accountTexts.repeat} name="repeat" type="password" autoComplete="new-password" isRequired />
      <Button type="submit" variant="primary" className="self-start" isPending={isPending}>
        {accountTexts.submit}
      </Button>
    </Form>
  )
}
