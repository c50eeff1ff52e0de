'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Menu, MenuItem } from '@/components/ui/menu'
import type { Visibility } from '@/lib/images/view'
import { detailTexts } from './detail-messages'
import { imageTexts } from './messages'
import { VisibilityTag, visibilityIcons } from './status-tag'
import { useImageActions } from './use-image-actions'
import type { ImageActions, ImageItem } from './view'

export interface VisibilityFactProps {
  readonly item: ImageItem
  readonly actions: ImageActions
}

/** The visibility, and a menu of those that may be set. What gives other projects access says so before it happens. */
export function VisibilityFact({ item, actions }: VisibilityFactProps) {
  const { image, can } = item
  const changes = useImageActions(actions)
  const [asked, setAsked] = useState<'public' | 'community' | null>(null)
  const others = can.visibilities.filter((visibility) => visibility !== image.visibility)
  const choose = (visibility: Visibility) => {
    if (visibility === 'public' || visibility === 'community') setAsked(visibility)
    else changes.setVisibility(item, visibility)
  }
  const close = () => setAsked(null)
  return (
    <span className="flex items-center justify-between gap-2">
      <VisibilityTag visibility={image.visibility} />
      {can.modify && others.length > 0 && (
        <Menu
          label={detailTexts.changeVisibility}
          trigger={
            <Button size="sm" isPending={changes.isPending} aria-label={detailTexts.changeVisibility}>
              {detailTexts.change}
            </Button>
          }
        >
          {others.map((visibility) => {
            const Icon = visibilityIcons[visibility]
            return (
              <MenuItem
                key={visibility}
                icon={<Icon aria-hidden />}
                hint={imageTexts.visibilityHelp[visibility]}
                onAction={() => choose(visibility)}
              >
                {imageTexts.visibility[visibility]}
              </MenuItem>
            )
          })}
        </Menu>
      )}
      <Dialog
        title={detailTexts.exposeTitle(asked ?? '')}
        role="alertdialog"
        isOpen={asked !== null}
        onClose={close}
        actions={
          <>
            <Button variant="quiet" onPress={close}>
              {detailTexts.cancel}
            </Button>
            <Button
              variant="primary"
              onPress={() => {
                if (asked !== null) changes.setVisibility(item, asked)
                close()
              }}
            >
              {detailTexts.exposeConfirm(asked ?? '')}
            </Button>
          </>
        }
      >
        <p>{asked === null ? '' : detailTexts.expose[asked]}</p>
      </Dialog>
    </span>
  )
}
