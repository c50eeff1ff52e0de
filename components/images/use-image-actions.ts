'use client'

import { copyText } from '@/components/ui/copy-text'
import { useToast } from '@/components/ui/toast'
import { useUndoable } from '@/components/ui/use-undoable'
import type { Visibility } from '@/lib/images/view'
import { imageName } from './image-columns'
import { imageTexts } from './messages'
import type { Expected, ImageActions, ImageItem, PatchStep } from './view'

const { done } = imageTexts

interface Change {
  readonly title: string
  readonly steps: readonly PatchStep[]
  /** What takes it back. */
  readonly undo: readonly PatchStep[]
  /** what must not have changed since the reader saw it */
  readonly expected?: Expected
}

/** Changes that can be taken back: done at once, with Undo in the toast. */
export function useImageActions(actions: ImageActions) {
  const { isPending, act } = useUndoable()
  const toast = useToast()

  const apply = (imageId: string, { title, steps, expected, undo }: Change) =>
    act({
      title,
      run: () => actions.patch({ imageId, steps, expected }),
      undo: () => actions.patch({ imageId, steps: undo }),
    })

  const flag = (path: string, { image }: ImageItem, value: boolean, title: string) =>
    apply(image.id, {
      title,
      steps: [{ op: 'replace', path, value }],
      undo: [{ op: 'replace', path, value: !value }],
    })

  return {
    isPending,
    apply,
    setProtected: (item: ImageItem, value: boolean) =>
      flag('/protected', item, value, (value ? done.protected : done.unprotected)(imageName(item.image))),
    setHidden: (item: ImageItem, value: boolean) =>
      flag('/os_hidden', item, value, (value ? done.hidden : done.unhidden)(imageName(item.image))),
    setVisibility: ({ image }: ImageItem, value: Visibility) =>
      apply(image.id, {
        title: done.visibility(imageName(image), imageTexts.visibility[value]),
        steps: [{ op: 'replace', path: '/visibility', value }],
        undo: [{ op: 'replace', path: '/visibility', value: image.visibility }],
      }),
    setActive: ({ image, can }: ImageItem, isActive: boolean) => {
      const set = (value: boolean) => () => actions.setActive({ imageId: image.id, isActive: value })
      const mayUndo = isActive ? can.deactivate : can.reactivate
      act({
        title: (isActive ? done.reactivated : done.deactivated)(imageName(image)),
        run: set(isActive),
        ...(mayUndo && { undo: set(!isActive) }),
      })
    },
    copyId: ({ image }: ImageItem) => {
      void copyText(image.id).then(() => toast({ kind: 'ok', title: done.idCopied }))
    },
  }
}

export type ImageChanges = ReturnType<typeof useImageActions>
