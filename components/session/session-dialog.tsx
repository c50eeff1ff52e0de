'use client'

import { ExternalLink } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { Dialog } from '@/components/ui/dialog'
import { TextInput } from '@/components/ui/field'
import { uiTexts } from '@/components/ui/messages'
import { sessionTexts as texts } from './messages'
import type { Standing } from './use-standing'
import type { SessionActions, SessionView } from './view'

export interface SessionDialogProps {
  readonly own: SessionView
  readonly standing: Standing
  readonly actions: SessionActions
  /** Whether the session is good for the page now. */
  readonly check: () => Promise<boolean>
  readonly onClose: () => void
}

/** Over a page whose session is over, or ends soon, or came back in another project. The page below stays as it is. */
export function SessionDialog(props: SessionDialogProps) {
  return props.standing.kind === 'elsewhere' ? (
    <ElsewhereDialog {...props} other={props.standing.projectName} />
  ) : (
    <SignInDialog {...props} />
  )
}

function SignInDialog({ own, standing, actions, check, onClose }: SessionDialogProps) {
  const { run, isRunning, problem } = useOneAtATime()
  const formId = useId()
  const isOver = standing.kind === 'over'
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    run(async () => {
      const refusal = (await actions.signIn(password)) ?? (await enterOwnProject(own, actions))
      // One that is over closes it when the session is seen to be back.
      if (refusal === null && (await check()) && !isOver) onClose()
      return refusal
    })
  }
  return (
    <Dialog
      title={isOver ? texts.overTitle : texts.signInAgain}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {texts.later}
          </Button>
          <Button variant="primary" type="submit" form={formId} isPending={isRunning}>
            {texts.signIn}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <p>{(isOver ? texts.overText : texts.renewText)(own.userName)}</p>
        {problem !== null && (
          <Banner tone="danger" role="alert">
            {problem}
          </Banner>
        )}
        {/* Password managers look for the name beside the password. */}
        <input type="text" name="userName" autoComplete="username" value={own.userName} readOnly hidden />
        <TextInput
          label={texts.password}
          name="password"
          type="password"
          autoComplete="current-password"
          isRequired
          autoFocus
        />
        <p className="-ml-2.5 flex flex-wrap items-center gap-x-1 text-muted text-sm">
          <a href="/signin" target="_blank" rel="noopener" className={buttonClass('quiet', 'sm')}>
            <ExternalLink aria-hidden />
            {texts.newTab}
          </a>
          <span className="px-2.5">{texts.newTabHelp}</span>
        </p>
      </form>
    </Dialog>
  )
}

/** Where a new session begins is not where this page is: the project of before is entered, if that may still be. */
async function enterOwnProject({ projectId }: SessionView, actions: SessionActions): Promise<string | null> {
  return projectId === null ? null : await actions.switchProject(projectId)
}

interface ElsewhereDialogProps extends SessionDialogProps {
  readonly other: string | null
}

/** Going back moves the other tabs of this session too, so it is the reader who says so. */
function ElsewhereDialog({ own, other, actions, check, onClose }: ElsewhereDialogProps) {
  const { run, isRunning, problem } = useOneAtATime()
  const project = own.projectName ?? ''
  const goOn = async () => {
    const refusal = await enterOwnProject(own, actions)
    if (refusal === null) await check()
    return refusal
  }
  return (
    <Dialog
      title={texts.elsewhereTitle}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={() => window.location.reload()}>
            {texts.loadAnew}
          </Button>
          <Button variant="primary" isPending={isRunning} onPress={() => run(goOn)} autoFocus>
            {texts.goOnIn(project)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p>{texts.elsewhereText(project, other)}</p>
        {problem !== null && (
          <Banner tone="danger" role="alert">
            {problem}
          </Banner>
        )}
      </div>
    </Dialog>
  )
}

/**
 * Does one thing after the other, and keeps the sentence of a refusal. Not with a transition: what waits for the session
 * is one, and React would let this one end only together with it.
 */
function useOneAtATime() {
  const [isRunning, setRunning] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const run = async (act: () => Promise<string | null>) => {
    setRunning(true)
    setProblem(null)
    setProblem(await act().catch(() => uiTexts.unreachable))
    setRunning(false)
  }
  return { run: (act: () => Promise<string | null>) => void run(act), isRunning, problem }
}
