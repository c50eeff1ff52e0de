'use client'

import { ChevronRight } from 'lucide-react'
import { useState, useTransition } from 'react'
import { Form } from 'react-aria-components'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { loadSignIn, signInWithPassword } from '../../sign-in-with-password'
import { signInTexts } from '../messages'

export interface SignInFormProps {
  /** A path of ours. */
  readonly next: string
  readonly isOver: boolean
  readonly isBuiltin: boolean
}

export function SignInForm({ next, isOver, isBuiltin }: SignInFormProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [hasDomain, setHasDomain] = useState(false)
  const [isPending, start] = useTransition()

  const submit = (data: FormData) => {
    start(async () => {
      setProblem(null)
      const text = (name: string) => String(data.get(name) ?? '')
      const refusal = await signInWithPassword({
        userName: text('userName'),
        password: text('password'),
        domainName: text('domainName'),
      })
      // A whole new page: nothing of another person's may stay in memory.
      if (refusal === null) window.location.assign(next)
      else setProblem(refusal)
    })
  }

  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit(new FormData(event.currentTarget))
      }}
    >
      <div>
        <h1 className="font-semibold text-lg">{signInTexts.title}</h1>
        <p className="text-muted text-sm">{isBuiltin ? signInTexts.builtin : signInTexts.keystone}</p>
      </div>
      {isOver && problem === null && <Banner tone="info">{signInTexts.over}</Banner>}
      {problem !== null && (
        <Banner tone="danger" role="alert">
          {problem}
        </Banner>
      )}
      <TextInput
        label={signInTexts.userName}
        name="userName"
        autoComplete="username"
        onChange={() => void loadSignIn().catch(() => {})}
        isRequired
        autoFocus
      />
      <TextInput
        label={signInTexts.password}
        name="password"
        type="password"
        autoComplete="current-password"
        isRequired
      />
      {hasDomain ? (
        <TextInput label={signInTexts.domain} name="domainName" help={signInTexts.domainHelp} defaultValue="Default" />
      ) : (
        <Button variant="quiet" size="sm" className="-ml-2.5 self-start text-muted" onPress={() => setHasDomain(true)}>
          <ChevronRight aria-hidden />
          {signInTexts.otherDomain}
        </Button>
      )}
      <Button type="submit" variant="primary" isPending={isPending}>
        {signInTexts.submit}
      </Button>
    </Form>
  )
}
