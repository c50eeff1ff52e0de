import { afterEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { isApiError } from '@/lib/errors/api-error'
import { setActiveRules } from './active-rules'
import type { RuleName } from './defaults'
import { allowed, enforce } from './enforce'
import { buildRuleSet, glanceRules } from './rule-set'
import { imageTarget, namespaceTarget, newImageTarget, type PolicyImage, projectTarget } from './targets'

const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
const member = contextOf({ roles: ['member', 'reader'] })
const reader = contextOf({ roles: ['reader'] })
const roleless = contextOf({})
const other = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })

function image(change: Partial<PolicyImage> = {}): PolicyImage {
  return {
    id: 'i',
    name: null,
    status: 'active',
    visibility: 'private',
    ownerId: 'mine',
    memberId: null,
    diskFormat: null,
    containerFormat: null,
    sizeBytes: null,
    virtualSizeBytes: null,
    checksum: null,
    hashAlgorithm: null,
    hashValue: null,
    minRamMib: 0,
    minDiskGib: 0,
    isProtected: false,
    isHidden: false,
    createdAt: 0,
    updatedAt: 0,
    properties: {},
    ...change,
  }
}

const people = { admin, member, reader, roleless, other }
const whoMay = (rule: RuleName, change?: Partial<PolicyImage>) =>
  Object.entries(people)
    .filter(([, ctx]) => allowed(ctx, rule, imageTarget(image(change))))
    .map(([name]) => name)

describe('the default rules', () => {
  it.each([
    ['get_image', {}, ['admin', 'member', 'reader']],
    ['get_image', { visibility: 'public' }, ['admin', 'member', 'reader', 'other']],
    ['get_image', { memberId: 'theirs' }, ['admin', 'member', 'reader', 'other']],
    ['download_image', {}, ['admin', 'member']],
    ['download_image', { visibility: 'community' }, ['admin', 'member', 'other']],
    ['modify_image', {}, ['admin', 'member']],
    ['modify_image', { visibility: 'public' }, ['admin', 'member']],
    ['delete_image', {}, ['admin', 'member']],
    ['upload_image', {}, ['admin', 'member']],
    ['publicize_image', {}, ['admin']],
    ['communitize_image', {}, ['admin', 'member']],
    ['deactivate', {}, ['admin', 'member']],
    ['add_member', { visibility: 'shared' }, ['admin', 'member']],
    ['delete_member', { visibility: 'shared', memberId: 'theirs' }, ['admin', 'member']],
    ['get_members', { visibility: 'shared' }, ['admin', 'member', 'reader']],
    ['get_member', { visibility: 'shared', memberId: 'theirs' }, ['admin', 'member', 'reader', 'other']],
    ['modify_member', { visibility: 'shared' }, ['admin']],
    ['modify_member', { visibility: 'shared', memberId: 'theirs' }, ['admin', 'other']],
  ] as const)('%s of an image %j: %j', (rule, change, names) => {
    expect(whoMay(rule, change)).toEqual(names)
  })

  it('lets a project list its images with the reader role', () => {
    expect(allowed(reader, 'get_images', projectTarget(reader))).toBe(true)
    expect(allowed(roleless, 'get_images', projectTarget(roleless))).toBe(false)
  })

  it('lets nobody but an administrator create an image for another project', () => {
    const foreign = newImageTarget({ ownerId: 'theirs', visibility: 'private' })
    expect([allowed(admin, 'add_image', foreign), allowed(member, 'add_image', foreign)]).toEqual([true, false])
  })
})

describe('the defaults of former releases beside the new ones', () => {
  const set = (overrides: Readonly<Record<string, string>> = {}) =>
    setActiveRules(buildRuleSet(glanceRules, new Map(Object.entries(overrides)), { enforceNewDefaults: false }))
  afterEach(() => setActiveRules(undefined))

  const everybody = ['admin', 'member', 'reader', 'roleless', 'other']
  const owners = ['admin', 'member', 'reader', 'roleless']
  it.each([
    ['get_image', everybody],
    ['download_image', everybody],
    ['get_members', everybody],
    // What the code looks at, since the rules no longer do.
    ['modify_image', owners],
    ['delete_image', owners],
    ['upload_image', owners],
    ['deactivate', owners],
    ['reactivate', owners],
    ['set_image_location', owners],
    ['add_member', owners],
    ['delete_member', owners],
    ['modify_member', ['admin', 'other']],
    ['delete_image_location', owners],
    ['communitize_image', everybody],
    // These have no former default.
    ['publicize_image', ['admin']],
    ['copy_image', ['admin']],
  ] as const)('%s: %j', (rule, names) => {
    set()
    expect(whoMay(rule)).toEqual(names)
  })

  it('say whose image it is when that is the reason', () => {
    set()
    const text = (rule: RuleName) => {
      try {
        enforce(other, rule, imageTarget(image({ visibility: 'public' })))
      } catch (error) {
        return isApiError(error) && [error.status, error.message]
      }
      return undefined
    }
    expect(text('delete_image')).toEqual([403, 'You do not own this image'])
    expect(text('publicize_image')).toEqual([403, 'You are not authorized to complete publicize_image action.'])
  })

  it('open metadata definitions for reading, not for writing, and not beside what somebody set', () => {
    const target = namespaceTarget({ ownerId: 'theirs', visibility: 'public' })
    set()
    expect(allowed(roleless, 'get_metadef_namespace', target)).toBe(true)
    expect(allowed(member, 'modify_metadef_namespace', target)).toBe(false)
    set({ get_metadef_namespace: 'role:reader' })
    expect([reader, roleless].map((ctx) => allowed(ctx, 'get_metadef_namespace', target))).toEqual([true, false])
  })
})

describe('allowed', () => {
  it('refuses tokens of a system or domain scope even to an administrator', () => {
    const target = imageTarget(image())
    for (const scope of [{ systemScope: 'all' as const }, { domainId: 'default' }]) {
      expect(allowed(contextOf({ roles: ['admin'], projectId: null, ...scope }), 'get_image', target)).toBe(false)
    }
  })

  it('lets no custom property pose as an attribute', () => {
    const posing = imageTarget(image({ ownerId: 'theirs', properties: { project_id: 'mine', owner: 'mine' } }))
    expect(allowed(member, 'modify_image', posing)).toBe(false)
  })
})

describe('enforce', () => {
  it('names the rule in its refusal', () => {
    let refusal: unknown
    try {
      enforce(reader, 'delete_image', imageTarget(image()))
    } catch (error) {
      refusal = error
    }
    expect(isApiError(refusal) && { status: refusal.status, text: refusal.message }).toEqual({
      status: 403,
      text: 'You are not authorized to complete delete_image action.',
    })
  })
})
