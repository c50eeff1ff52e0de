import { imageSchema, type JsonSchema, uuidPattern } from './image-schema'
import { memberStatuses } from './member'

const text: JsonSchema = { type: 'string' }
const readOnlyText: JsonSchema = { type: 'string', readOnly: true }
const describedBy = { rel: 'describedby', href: '{schema}' }
const pageLinks = [{ rel: 'first', href: '{first}' }, { rel: 'next', href: '{next}' }, describedBy]

type Properties = Readonly<Record<string, JsonSchema>>

const member: Properties = {
  member_id: { type: 'string', description: 'Project the image is shared with' },
  image_id: { type: 'string', pattern: uuidPattern, description: 'The shared image' },
  created_at: { type: 'string', description: 'Time the share was offered' },
  updated_at: { type: 'string', description: 'Time of the last answer' },
  status: { type: 'string', enum: memberStatuses, description: 'Answer of the project' },
  schema: readOnlyText,
}

const task: Properties = {
  id: { type: 'string', pattern: uuidPattern, description: 'Identifier of the task' },
  type: { type: 'string', enum: ['import', 'api_image_import', 'location_import'], description: 'What it does' },
  status: { type: 'string', enum: ['pending', 'processing', 'success', 'failure'], description: 'How far it is' },
  input: { type: ['null', 'object'], description: 'What it was asked' },
  result: { type: ['null', 'object'], description: 'What came of it' },
  owner: { type: 'string', description: 'Project that asked for it' },
  message: { type: 'string', description: 'What happened, for people' },
  image_id: { type: 'string', description: 'Image it works on' },
  request_id: { type: 'string', description: 'Request that started it' },
  user_id: { type: 'string', description: 'User who asked for it' },
  expires_at: { type: ['null', 'string'], description: 'Time after which it is forgotten' },
  created_at: { type: 'string', description: 'Time it was asked for' },
  updated_at: { type: 'string', description: 'Time of its last step' },
  self: readOnlyText,
  schema: readOnlyText,
}

/** What a task may look like. Source: images.md 9.2. */
export const taskSchema: JsonSchema = { type: 'object', properties: task, additionalProperties: false }

function stubOf(properties: Properties): Properties {
  const { input: _input, result: _result, message: _message, ...stub } = properties
  return stub
}

function imageDocument() {
  const { properties, required } = imageSchema()
  return {
    name: 'image',
    properties,
    additionalProperties: { type: 'string' },
    ...(required.length > 0 && { required }),
    links: [
      { rel: 'self', href: '{self}' },
      { rel: 'enclosure', href: '{file}' },
      { rel: 'describedby', href: '{schema}' },
    ],
  }
}

const documents: Readonly<Record<string, () => unknown>> = {
  image: imageDocument,
  images: () => ({
    name: 'images',
    properties: { images: { type: 'array', items: imageDocument() }, first: text, next: text, schema: text },
    links: pageLinks,
  }),
  member: () => ({ name: 'member', properties: member }),
  members: () => ({
    name: 'members',
    properties: { members: { type: 'array', items: { name: 'member', properties: member } }, schema: text },
    links: [describedBy],
  }),
  task: () => ({ name: 'task', properties: task }),
  tasks: () => ({
    name: 'tasks',
    properties: {
      tasks: { type: 'array', items: { name: 'task', properties: stubOf(task) } },
      first: text,
      next: text,
      schema: text,
    },
    links: [describedBy],
  }),
}

/** A document of GET /v2/schemas/{name}, or undefined. Source: images.md 9.2. */
export function schemaDocument(name: string): unknown {
  return Object.hasOwn(documents, name) ? documents[name]?.() : undefined
}
