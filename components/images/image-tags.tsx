'use client'

import { useTransition } from 'react'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import { detailTexts } from './detail-messages'
import { imageTexts } from './messages'
import { TagInput, TagList } from './tag-field'

type ChangeTag = (input: { readonly imageId: string; readonly tag: string }) => Promise<Result<null>>

/** One tag at a time, so that what somebody else does to the others is never undone. */
export interface TagActions {
  readonly add: ChangeTag
  readonly remove: ChangeTag
}

export interface ImageTagsProps {
  readonly imageId: string
  readonly tags: readonly string[]
  readonly canModify: boolean
  readonly actions: TagActions
}

export function ImageTags({ imageId, tags, canModify, actions }: ImageTagsProps) {
  const [isPending, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()

  const run = (change: ChangeTag, undo: ChangeTag, tag: string, title: string) =>
    start(async () => {
      const result = await change({ imageId, tag })
      if (!result.ok) {
        toast({ kind: 'error', title: imageTexts.done.failed, text: result.message })
        return
      }
      const takeBack = () => {
        void undo({ imageId, tag }).then((undone) => {
          if (!undone.ok) toast({ kind: 'error', title: imageTexts.done.failed, text: undone.message })
          refresh()
        })
      }
      toast({ kind: 'ok', title, action: { label: uiTexts.undo, run: takeBack } })
      refresh()
    })
  const add = (added: readonly string[]) => {
    for (const tag of added) {
      if (!tags.includes(tag)) run(actions.add, actions.remove, tag, detailTexts.tagAdded(tag))
    }
  }
  const remove = (tag: string) => run(actions.remove, actions.add, tag, detailTexts.tagRemoved(tag))

  return (
    <section aria-busy={isPending}>
      <h2 className="pb-1.5 font-semibold">{detailTexts.tags}</h2>
      <div className="flex flex-col gap-2">
        {tags.length === 0 && <p className="text-muted text-sm">{detailTexts.noTags}</p>}
        <TagList tags={tags} {...(canModify && { onRemove: remove })} />
        {canModify && <TagInput label={detailTexts.tags} hideLabel onAdd={add} />}
      </div>
    </section>
  )
}
