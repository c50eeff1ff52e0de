'use client'

import type { Result } from '@/components/ui/result'
import { useUndoable } from '@/components/ui/use-undoable'
import { detailTexts } from './detail-messages'
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
  const { isPending, act } = useUndoable()
  const run = (change: ChangeTag, undo: ChangeTag, tag: string, title: string) =>
    act({ title, run: () => change({ imageId, tag }), undo: () => undo({ imageId, tag }) })
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
