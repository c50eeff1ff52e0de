'use client'

import { ChevronRight } from 'lucide-react'
import { type ComponentProps, useId, useState, useTransition } from 'react'
import { Banner } from '@/components/ui/banner'
import { buttonClass } from '@/components/ui/button-class'
import { cx } from '@/components/ui/cx'
import { controlClass, labelClass } from '@/components/ui/field-class'
import { Spinner } from '@/components/ui/spinner'
import { loadSignIn, signInWithPassword } from '../../sign-in-with-password'
import { signInTexts } from '../messages'

export interface SignInFormProps {
  /** A path of ours. */
  readonly next: string
  readonly isOver: boolean
  readonly isBuiltin: boolean
}

/** Of plain elements: the first page that somebody opens loads no library of widgets. */
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
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isPending) submit(new FormData(event.currentTarget))
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
      <Field
        label={signInTexts.userName}
        name="userName"
        autoComplete="username"
        onChange={() => void loadSignIn().catch(() => {})}
        required
        autoFocus
      />
      <Field label={signInTexts.password} name="password" type="password" autoComplete="current-password" required />
      {hasDomain ? (
        <Field label={signInTexts.domain} name="domainName" help={signInTexts.domainHelp} defaultValue="Default" />
      ) : (
        <button
          type="button"
          className={buttonClass('quiet', 'sm', '-ml-2.5 self-start text-muted')}
          onClick={() => setHasDomain(true)}
        >
          <ChevronRight aria-hidden />
          {signInTexts.otherDomain}
        </button>
      )}
      <button type="submit" aria-disabled={isPending} className={buttonClass('primary', 'md', 'relative')}>
        {isPending && (
          <span className="absolute inset-0 grid place-items-center">
            <Spinner />
          </span>
        )}
        <span className={cx(isPending && 'invisible')}>{signInTexts.submit}</span>
      </button>
    </form>
  )
}

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string
  readonly help?: string
}

function Field({ label, help, ...input }: FieldProps) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={labelClass}>
        {label}
      </label>
      <input
        id={id}
        {...input}
        {...(help !== undefined && { 'aria-describedby': `${id}-help` })}
        className={cx(controlClass, 'h-9 px-2.5 text-base md:h-8')}
      />
      {help !== undefined && (
        <span id={`${id}-help`} className="text-muted text-xs">
          {help}
        </span>
      )}
    </div>
  )
}
