'use client'

import { BookDown } from 'lucide-react'
import { useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import { propertyTexts } from './property-messages'

export type LoadDefinitions = (input: Record<string, never>) => Promise<Result<{ readonly loadedCount: number }>>

/** Why there are names and texts alone, and for those who may load the standard definitions the way to them. */
export function NoDefinitions({ load }: { load: LoadDefinitions | null }) {
  const [isPending, start] = useTransition()
  const [problem, setProblem] = useState<string>()
  const { refresh } = useNavigation()
  const toast = useToast()
  const { noDefinitions: texts } = propertyTexts
  const run = (action: LoadDefinitions) =>
    start(async () => {
      const result = await insist(() => action({}))
      setProblem(result.ok ? undefined : result.message)
      if (!result.ok) return
      toast({ kind: 'ok', title: texts.loaded(result.data.loadedCount) })
      refresh()
    })
  return (
    <div className="flex max-w-4xl flex-col gap-2">
      <Banner
        tone="info"
        title={texts.title}
        actions={
          load !== null && (
            <Button isPending={isPending} onPress={() => run(load)}>
              <BookDown aria-hidden />
              {texts.load}
            </Button>
          )
        }
      >
        {load === null ? texts.ask : texts.help}
      </Banner>
      {problem !== undefined && (
        <Banner tone="danger" role="alert">
          {problem}
        </Banner>
      )}
    </div>
  )
}
