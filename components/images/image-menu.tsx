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
import { IconButton } from '@/components/ui/button'
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu'
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
  /** Looks at it beside the list. */
  readonly onPeek?: () => void
  /** Leaves out what stands as a button beside the menu. */
  readonly isInHeader?: boolean
}

const { actions } = imageTexts

/** What can be done with one image. What the rules forbid is not there; what its state forbids says why. */
export function ImageMenu({ item, changes, onDelete, onPeek, isInHeader }: ImageMenuProps) {
  const { image, can } = item
  const name = imageName(image)
  return (
    <Menu
      label={uiTexts.table.rowMenu(name)}
      trigger={
        <IconButton
          label={uiTexts.table.rowMenu(name)}
          size={isInHeader ? 'md' : 'sm'}
          variant={isInHeader ? 'secondary' : 'quiet'}
          className={isInHeader ? '' : 'text-muted'}
        >
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
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
    </Menu>
  )
}
