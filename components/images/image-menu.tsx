'use client'

import {
  Copy,
  CopyPlus,
  Download,
  Ellipsis,
  Eye,
  EyeOff,
  HardDriveDownload,
  PanelRight,
  Pause,
  Play,
  Shield,
  ShieldOff,
  SlidersHorizontal,
  SquareTerminal,
  Trash2,
  UserPlus,
} from 'lucide-react'
import { IconButton } from '@/components/ui/icon-button'
import { FloatingMenu, Menu, MenuItem, MenuLine, type MenuPlace } from '@/components/ui/menu'
import { uiTexts } from '@/components/ui/messages'
import { imageHref, imageName } from './image-columns'
import { copyBlock, deleteBlock, downloadBlock } from './image-state'
import { imageTexts } from './messages'
import type { ImageChanges } from './use-image-actions'
import type { ImageItem } from './view'

export interface ImageMenuProps {
  readonly item: ImageItem
  readonly changes: ImageChanges
  readonly onDelete: (item: ImageItem) => void
}

export interface RowMenuProps extends ImageMenuProps {
  /** Looks at it beside the list. */
  readonly onPeek: () => void
  readonly place: MenuPlace
}

const { actions } = imageTexts

/** What can be done with the image of a row. */
export function ImageRowMenu({ place, ...props }: RowMenuProps) {
  return (
    <FloatingMenu {...place} label={uiTexts.table.rowMenu(imageName(props.item.image))}>
      {itemsOf(props)}
    </FloatingMenu>
  )
}

/** The same beside an image's name, but for what stands as a button there. */
export function ImageMenu(props: ImageMenuProps) {
  const label = uiTexts.table.rowMenu(imageName(props.item.image))
  return (
    <Menu
      label={label}
      trigger={
        <IconButton label={label} variant="secondary">
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      {itemsOf({ ...props, isInHeader: true })}
    </Menu>
  )
}

interface Items extends ImageMenuProps {
  readonly onPeek?: () => void
  readonly isInHeader?: boolean
}

/** What the rules forbid is not there; what its state forbids says why. */
function itemsOf({ item, changes, onDelete, onPeek, isInHeader }: Items) {
  const { image, can } = item
  return (
    <>
      {onPeek !== undefined && (
        <MenuItem icon={<PanelRight />} onAction={onPeek}>
          {actions.peek}
        </MenuItem>
      )}
      {!isInHeader && (
        <MenuItem icon={<SquareTerminal />} href={`${imageHref(image)}/use`}>
          {actions.use}
        </MenuItem>
      )}
      {!isInHeader && can.download && (
        <MenuItem
          icon={<Download />}
          href={`/api/ui/images/${encodeURIComponent(image.id)}/file`}
          download
          blockedBecause={downloadBlock(item)}
        >
          {actions.download}
        </MenuItem>
      )}
      <MenuItem icon={<Copy />} onAction={() => changes.copyId(item)}>
        {actions.copyId}
      </MenuItem>
      {can.newVersion && (
        <MenuItem icon={<CopyPlus />} href={`/images/new?from=${encodeURIComponent(image.id)}`}>
          {actions.newVersion}
        </MenuItem>
      )}
      {!isInHeader && can.share && (
        <MenuItem icon={<UserPlus />} href={`${imageHref(image)}/sharing`}>
          {actions.share}
        </MenuItem>
      )}
      {!isInHeader && can.copy && (
        <MenuItem icon={<HardDriveDownload />} href={`${imageHref(image)}/locations`} blockedBecause={copyBlock(item)}>
          {actions.copyToStores}
        </MenuItem>
      )}
      {can.modify && <MenuLine />}
      {!isInHeader && can.modify && (
        <MenuItem icon={<SlidersHorizontal />} href={`${imageHref(image)}/properties`}>
          {actions.properties}
        </MenuItem>
      )}
      {can.modify && (
        <MenuItem
          icon={image.isProtected ? <ShieldOff /> : <Shield />}
          onAction={() => changes.setProtected(item, !image.isProtected)}
        >
          {image.isProtected ? actions.unprotect : actions.protect}
        </MenuItem>
      )}
      {can.modify && (
        <MenuItem
          icon={image.isHidden ? <Eye /> : <EyeOff />}
          onAction={() => changes.setHidden(item, !image.isHidden)}
        >
          {image.isHidden ? actions.unhide : actions.hide}
        </MenuItem>
      )}
      {can.deactivate && image.status !== 'deactivated' && (
        <MenuItem
          icon={<Pause />}
          onAction={() => changes.setActive(item, false)}
          blockedBecause={image.status === 'active' ? undefined : imageTexts.blocked.notActive}
        >
          {actions.deactivate}
        </MenuItem>
      )}
      {can.reactivate && image.status === 'deactivated' && (
        <MenuItem icon={<Play />} onAction={() => changes.setActive(item, true)}>
          {actions.reactivate}
        </MenuItem>
      )}
      {can.delete && <MenuLine />}
      {can.delete && (
        <MenuItem icon={<Trash2 />} isDanger onAction={() => onDelete(item)} blockedBecause={deleteBlock(item)}>
          {actions.delete}
        </MenuItem>
      )}
    </>
  )
}
