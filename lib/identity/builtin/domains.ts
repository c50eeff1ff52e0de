import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { forgetAllTokens } from '@/lib/identity/principal-cache'
import { newHexId } from '@/lib/runtime/ids'
import { refusingDuplicates } from './database-errors'
import { notedChange, notedCreation, notedRemoval } from './noted'
import { descriptionField, flagField, nameField, parseBody } from './parse-body'
import { requireManager, requireOverseer } from './permissions'
import {
  type DomainFilter,
  deleteDomainRow,
  findDomain,
  insertDomain,
  listDomainRows,
  updateDomain,
} from './project-repo'
import type { DomainRecord } from './records'

const domainSchema = z.object({ name: nameField, description: descriptionField, enabled: flagField })

export function domainWire(domain: DomainRecord) {
  return {
    id: domain.id,
    name: domain.name,
    description: domain.description,
    enabled: domain.isEnabled,
    tags: [],
    options: {},
  }
}

export async function listDomains(ctx: RequestContext, filter: DomainFilter) {
  requireOverseer(ctx, 'identity:list_domains')
  return (await listDomainRows(filter)).map(domainWire)
}

/** Overseers see every domain, others their own. */
export async function showDomain(ctx: RequestContext, id: string) {
  if (ctx.principal.userDomainId !== id) requireOverseer(ctx, 'identity:get_domain')
  return domainWire(await requireDomain(id))
}

export async function createDomain(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_domain')
  const input = parseBody(domainSchema, body, 'domain')
  const row = {
    id: newHexId(),
    name: input.name,
    description: input.description ?? '',
    isEnabled: input.enabled ?? true,
  }
  const made = await refusingDuplicates(`A domain named ${input.name} exists already.`, () =>
    notedCreation(ctx, 'domain', domainWire, (tx) => insertDomain(row, tx)),
  )
  return domainWire(made)
}

export async function changeDomain(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_domain')
  const input = parseBody(domainSchema.partial(), body, 'domain')
  const domain = await requireDomain(id)
  const set = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.description !== undefined && { description: input.description ?? '' }),
    ...(input.enabled !== undefined && { isEnabled: input.enabled }),
  }
  const changed = await refusingDuplicates(`A domain named ${input.name} exists already.`, () =>
    notedChange(ctx, 'domain', { was: domainWire(domain), wire: domainWire }, (tx) => updateDomain(id, set, tx)),
  )
  forgetAllTokens()
  return domainWire(changed)
}

/** Only a disabled domain goes, as in Keystone, since its users and projects go with it. */
export async function deleteDomain(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_domain')
  const domain = await requireDomain(id)
  if (domain.isEnabled) {
    throw apiError('forbidden', { public: 'An enabled domain cannot be deleted; disable it first.' })
  }
  await notedRemoval(ctx, 'domain', domainWire(domain), (tx) => deleteDomainRow(id, tx))
  forgetAllTokens()
}

/** Throws `not_found`. */
export async function requireDomain(id: string): Promise<DomainRecord> {
  const domain = await findDomain(id)
  if (domain === null) throw apiError('not_found', { public: `Could not find domain: ${id}.` })
  return domain
}
