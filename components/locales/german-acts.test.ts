import { describe, expect, it } from 'vitest'
import type { BulkAct } from '@/components/images/bulk-act'
import { bulk } from './de/image-acts'

const said = (act: BulkAct, count: number) => [
  bulk.title?.(act, count),
  bulk.will?.(act, count),
  bulk.confirm?.(act, count),
  bulk.done?.(act, count),
]

describe('acts in German', () => {
  it('agree with one image and with many', () => {
    expect(said({ kind: 'delete' }, 1)).toEqual([
      'Dieses Image löschen?',
      '1 Image wird endgültig gelöscht',
      '1 Image löschen',
      '1 Image gelöscht',
    ])
    expect(said({ kind: 'setHidden', value: false }, 2)).toEqual([
      '2 Images zeigen?',
      '2 Images werden wieder in Listen gezeigt',
      '2 Images zeigen',
      '2 Images stehen wieder in Listen',
    ])
    expect(said({ kind: 'setProtected', value: false }, 1)).toEqual([
      'Schutz von diesem Image aufheben?',
      '1 Image ist dann nicht mehr vor dem Löschen geschützt',
      'Schutz von 1 Image aufheben',
      '1 Image ist nicht mehr geschützt',
    ])
  })

  it('name one tag or several, and all that match', () => {
    expect(said({ kind: 'addTags', tags: ['lts', 'arm'] }, 3)).toEqual([
      'Tags zu 3 Images hinzufügen?',
      '3 Images bekommen lts, arm',
      'Zu 3 Images hinzufügen',
      'Tags lts, arm zu 3 Images hinzugefügt',
    ])
    expect(bulk.titleAll?.({ kind: 'removeTag', tag: 'lts' })).toBe('Tag von allen passenden entfernen?')
    expect(bulk.titleAll?.({ kind: 'setActive', value: false })).toBe('Alle passenden deaktivieren?')
  })
})
