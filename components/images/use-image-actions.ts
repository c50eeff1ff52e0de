'use client'

import { useTransition } from 'react'
import { copyText } from '@/components/ui/copy-text'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import type { Visibility } from '@/lib/images/view'
import { imageName } from './image-columns'
import { imageTexts } from './messages'
import type { ImageActions, ImageItem, PatchStep } from './view'

const { done } = imageTexts

interface Change {
  readonly title: string
  readonly steps: readonly PatchStep[]
  /** What takes it back. */
  readonly undo: readonly PatchStep[]
}

/** Changes that can be taken back: done at once, with Undo in the toast. */
export function useImageActions(actions: ImageActions) {
  const [isPending, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()

  const apply = (imageId: string, change: Change) => {
    start(async () => {
      const result = await actions.patch({ imageId, steps: change.steps })
      if (!result.ok) {
        toast({ kind: 'error', title: done.failed, text: result.message })
        return
      }
      const takeBack = () => {
        void actions.patch({ imageId, steps: change.undo }).then((undone) => {
          if (!undone.ok) toast({ kind: 'error', title: done.failed, text: undone.message })
          refresh()
        })
      }
      toast({ kind: 'ok', title: change.title, action: { label: uiTexts.undo, run: takeBack } })
      refresh()
    })
  }

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
    setActive: ({ image }: ImageItem, isActive: boolean) => {
      start(async () => {
        const result = await actions.setActive({ imageId: image.id, isActive })
        if (result.ok) toast({ kind: 'ok', title: (isActive ? done.reactivated : done.deactivated)(imageName(image)) })
        else toast({ kind: 'error', title: done.failed, text: result.message })
        refresh()
      })
    },
    copyId: ({ image }: ImageItem) => {
      void copyText(image.id).then(() => toast({ kind: 'ok', title: done.idCopied }))
    },
  }
}

export type ImageChanges = ReturnType<typeof useImageActions>
