import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { forgetAllTokens } from '@/lib/identity/principal-cache'
import { newHexId } from '@/lib/runtime/ids'
import { refusingDuplicates } from './database-errors'
import { requireDomain } from './domains'
import { notedChange, notedCreation, notedRemoval } from './noted'
import { descriptionField, flagField, idField, nameField, parseBody } from './parse-body'
import { requireManager, requireOverseer } from './permissions'
import {
  deleteProjectRow,
  findProject,
  insertProject,
  listProjectRows,
  type ProjectFilter,
  type ProjectWithDomain,
  updateProject,
} from './project-repo'
import type { ProjectRecord } from './records'
import { listAssignmentRows } from './role-repo'

const projectSchema = z.object({
  name: nameField,
  description: descriptionField,
  enabled: flagField,
  domain_id: idField.nullish(),
  parent_id: idField.nullish(),
  is_domain: z.boolean().optional(),
})

export function projectWire(project: ProjectRecord) {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domainId,
    description: project.description,
    enabled: project.isEnabled,
    parent_id: project.domainId,
    is_domain: false,
    tags: [],
    options: {},
  }
}

export async function listProjects(ctx: RequestContext, filter: ProjectFilter) {
  requireOverseer(ctx, 'identity:list_projects')
  return (await listProjectRows(filter)).map(projectWire)
}

/** Overseers see every project, others those on which they hold a role. */
export async function showProject(ctx: RequestContext, id: string) {
  const { principal } = ctx
  if (principal.projectId !== id) {
    const held = await listAssignmentRows({ userId: principal.userId, targetKind: 'project', targetId: id })
    if (held.length === 0) requireOverseer(ctx, 'identity:get_project')
  }
  return projectWire(await requireProject(id))
}

export async function createProject(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_project')
  const input = parseBody(projectSchema, body, 'project')
  const { principal } = ctx
  const domainId = input.domain_id ?? input.parent_id ?? principal.domainId ?? principal.projectDomainId ?? 'default'
  if (input.is_domain === true || (input.parent_id ?? domainId) !== domainId) {
    throw apiError('bad_request', { public: 'Projects cannot be nested here: parent_id may only name the domain.' })
  }
  await requireDomain(domainId)
  const row = {
    id: newHexId(),
    name: input.name,
    domainId,
    description: input.description ?? '',
    isEnabled: input.enabled ?? true,
  }
  const made = await refusingDuplicates(duplicate(input.name, domainId), () =>
    notedCreation(ctx, 'project', projectWire, (tx) => insertProject(row, tx)),
  )
  return projectWire(made)
}

export async function changeProject(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_project')
  const input = parseBody(projectSchema.partial(), body, 'project')
  const project = await requireProject(id)
  if ((input.domain_id ?? project.domainId) !== project.domainId) {
    throw apiError('bad_request', { public: 'The domain of a project cannot be changed.' })
  }
  const set = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.description !== undefined && { description: input.description ?? '' }),
    ...(input.enabled !== undefined && { isEnabled: input.enabled }),
  }
  const changed = await refusingDuplicates(duplicate(input.name ?? project.name, project.domainId), () =>
    notedChange(ctx, 'project', { was: projectWire(project), wire: projectWire }, (tx) => updateProject(id, set, tx)),
  )
  forgetAllTokens()
  return projectWire(changed)
}

export async function deleteProject(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_project')
  const project = await requireProject(id)
  await notedRemoval(ctx, 'project', projectWire(project), (tx) => deleteProjectRow(id, tx))
  forgetAllTokens()
}

/** Throws `not_found`. */
export async function requireProject(id: string): Promise<ProjectWithDomain> {
  const project = await findProject(id)
  if (project === null) throw apiError('not_found', { public: `Could not find project: ${id}.` })
  return project
}

function duplicate(name: string, domainId: string): string {
  return `A project named ${name} exists already in domain ${domainId}.`
}
