import { resolve } from 'node:path'
import { z } from 'zod'

const GiB = 1024 ** 3
const flag = z.union([z.boolean(), z.stringbool()])
const port = z.coerce.number().int().min(1).max(65_535)
const seconds = (fallback: number) => z.coerce.number().positive().default(fallback)
const count = (fallback: number) => z.coerce.number().int().default(fallback)
const itemsOf = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
/** A comma list, or a list already. */
const list = (fallback: readonly string[]) =>
  z.union([z.array(z.string()), z.string().transform(itemsOf)]).default([...fallback])

/** As Glance writes sizes: a whole number with K, M, G or T for binary multiples and an optional B. */
const sizeText = z
  .string()
  .regex(/^\d+[KMGT]?B?$/)
  .transform((text) => Number.parseInt(text, 10) * 1024 ** ' KMGT'.indexOf(/[KMGT]/.exec(text)?.[0] ?? ' '))
const size = z.union([z.number().int().nonnegative(), sizeText])
/** In the range of Keystone's limits; -1 is no limit. */
const limit = z.coerce.number().int().min(-1).max(2_147_483_647).default(-1)

/** `path:priority` in a comma list, or objects already; the priority follows the last colon and is 0 when absent. */
const folderList = z.union([
  z.array(z.strictObject({ path: z.string().min(1), priority: count(0) })),
  z.string().transform((text) =>
    itemsOf(text).map((item) => {
      const [, path = item, priority = '0'] = /^(.+):(-?\d+)$/.exec(item) ?? []
      return { path, priority: Number(priority) }
    }),
  ),
])

/** `name:value` in a comma list, or an object already; the value follows the first colon. */
const dictionary = z
  .union([
    z.record(z.string().min(1).max(255), z.string()),
    z
      .string()
      .transform((text) =>
        Object.fromEntries(itemsOf(text).map((item) => [item.split(':', 1)[0] ?? '', item.replace(/^[^:]*:?/, '')])),
      ),
  ])
  .default({})

export const importPlugins = ['no_op', 'inject_image_metadata', 'image_decompression', 'image_conversion'] as const
export type ImportPlugin = (typeof importPlugins)[number]

/** Each once, in the order in which they run. */
const pluginList = z
  .union([z.array(z.string()), z.string().transform(itemsOf)])
  .default([])
  .pipe(z.array(z.enum(importPlugins)))
  .refine((names) => new Set(names).size === names.length, 'names a plugin twice')

const fileStore = z
  .strictObject({
    type: z.literal('filesystem'),
    /** Folder for the bytes; a relative one lies in the data folder. */
    path: z.string().min(1).optional(),
    /** Several folders instead: the highest priority that has room, and among equals the one with most room. */
    folders: folderList.optional(),
    description: z.string().optional(),
    weight: count(0),
    sparse: flag.default(true),
    /** Octal; must let the owner read. 0 leaves files as the process makes them. */
    filePermissions: z
      .string()
      .regex(/^(0|0?[4-7][0-7]{2})$/)
      .optional(),
    /** Whether each folder must be a mount, or the mount that all of them must lie on. */
    mount: z.union([flag, z.string().startsWith('/')]).optional(),
    /** What one call to a file system that may hang, as of a mount, may take. */
    callTimeoutSeconds: seconds(15),
  })
  .superRefine(({ path, folders }, context) => {
    const issue = folderIssue(path, folders)
    if (issue !== undefined) context.addIssue({ code: 'custom', path: ['folders'], message: issue })
  })

/** Images on web servers that clients name; read only. */
const httpStore = z.strictObject({ type: z.literal('http'), description: z.string().optional(), weight: count(0) })

const store = z.discriminatedUnion('type', [fileStore, httpStore])

interface FolderSetting {
  readonly path: string
  readonly priority: number
}

function folderIssue(single: string | undefined, folders: readonly FolderSetting[] | undefined): string | undefined {
  if (folders === undefined) return single === undefined ? 'is needed, or a path' : undefined
  if (single !== undefined) return 'cannot be set beside a path'
  if (folders.length === 0) return 'must name a folder'
  const priorities = new Map<string, number>()
  for (const folder of folders) {
    const path = resolve(folder.path)
    if ((priorities.get(path) ?? folder.priority) !== folder.priority) return `gives ${folder.path} two priorities`
    priorities.set(path, folder.priority)
  }
  return undefined
}

const webhook = z.strictObject({
  /** Where events are sent. */
  url: z.url({ protocol: /^https?$/ }).refine((text) => !/^[^/]*\/\/[^/?#]*@/.test(text), 'must hold no credentials'),
  /** Signs what is sent; the receiver has it, too. */
  secret: z.string().min(16),
  /** Names of events, or what several begin with: image.member for all of members. */
  events: list(['image', 'task']),
  /** How often an event is tried before it is given up. */
  tries: z.coerce.number().int().min(1).max(100).default(12),
  /** Whether it may be on a loopback, link-local or private address. */
  allowPrivateAddress: flag.default(false),
})

/**
 * Every setting with its default. Environment names follow the path: `server.port` is GLIMPSE__SERVER__PORT,
 * camel case becomes snake case (`server.publicEndpoint` is GLIMPSE__SERVER__PUBLIC_ENDPOINT), and a store's settings
 * carry its id (GLIMPSE__STORES__FAST__PATH). `ini` names the glance-api.conf option with the same meaning.
 */
export const configSchema = z.strictObject({
  server: z
    .strictObject({
      host: z.string().default('127.0.0.1').meta({ ini: 'DEFAULT/bind_host' }),
      port: port.default(9292).meta({ ini: 'DEFAULT/bind_port' }),
      publicEndpoint: z.url().optional().meta({ ini: 'DEFAULT/public_endpoint' }),
      trustProxyHeaders: flag.default(false).meta({ ini: 'oslo_middleware/enable_proxy_headers_parsing' }),
      dataFolder: z.string().min(1).default('.data'),
      maxRequestIdLength: count(64).meta({ ini: 'DEFAULT/max_request_id_length' }),
      shutdownGraceSeconds: seconds(60),
      metrics: flag.default(true),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') }).prefault({}),
  database: z
    .strictObject({
      /** file:… or postgresql://…; by default a SQLite file in the data folder. */
      url: z.string().optional(),
      poolSize: count(10),
    })
    .prefault({}),
  identity: z
    .strictObject({
      backend: z.enum(['builtin', 'keystone']).default('builtin'),
      region: z.string().default('RegionOne'),
      /** The administrator's first password; a random one is printed once when absent. */
      adminPassword: z.string().min(8).optional(),
      tokenLifetimeSeconds: seconds(24 * 3600),
      tokenCacheSeconds: seconds(300).meta({ ini: 'keystone_authtoken/token_cache_time' }),
      signInAttemptsPerMinute: count(10),
    })
    .prefault({}),
  keystone: z
    .strictObject({
      authUrl: z.url().optional().meta({ ini: 'keystone_authtoken/auth_url' }),
      publicUrl: z.url().optional().meta({ ini: 'keystone_authtoken/www_authenticate_uri' }),
      username: z.string().optional().meta({ ini: 'keystone_authtoken/username' }),
      password: z.string().optional().meta({ ini: 'keystone_authtoken/password' }),
      projectName: z.string().default('service').meta({ ini: 'keystone_authtoken/project_name' }),
      userDomainName: z.string().default('Default').meta({ ini: 'keystone_authtoken/user_domain_name' }),
      projectDomainName: z.string().default('Default').meta({ ini: 'keystone_authtoken/project_domain_name' }),
      timeoutSeconds: seconds(10),
    })
    .prefault({}),
  session: z
    .strictObject({
      /** Signs and encrypts dashboard sessions; must be equal on all nodes. Made in the data folder when absent. */
      secret: z.string().min(32).optional(),
      lifetimeSeconds: seconds(12 * 3600),
      /** The dashboard's address for browsers, when it is not the request's own. */
      url: z.url().optional(),
    })
    .prefault({}),
  images: z
    .strictObject({
      listDefaultLimit: count(25).meta({ ini: 'DEFAULT/limit_param_default' }),
      listMaxLimit: count(1000).meta({ ini: 'DEFAULT/api_limit_max' }),
      sizeCapBytes: count(1024 * GiB).meta({ ini: 'DEFAULT/image_size_cap' }),
      memberQuota: count(128).meta({ ini: 'DEFAULT/image_member_quota' }),
      propertyQuota: count(128).meta({ ini: 'DEFAULT/image_property_quota' }),
      tagQuota: count(128).meta({ ini: 'DEFAULT/image_tag_quota' }),
      locationQuota: count(10).meta({ ini: 'DEFAULT/image_location_quota' }),
      /** What the images of one project may take up in all stores together, as 500GB; 0 is no limit. */
      userStorageQuota: size.default(0).meta({ ini: 'DEFAULT/user_storage_quota' }),
      showDirectUrl: flag.default(false).meta({ ini: 'DEFAULT/show_image_direct_url' }),
      showMultipleLocations: flag.default(false).meta({ ini: 'DEFAULT/show_multiple_locations' }),
      hashAlgorithm: z.enum(['sha256', 'sha512']).default('sha512').meta({ ini: 'DEFAULT/hashing_algorithm' }),
      enabledImportMethods: list(['glance-direct', 'web-download', 'copy-image']).meta({
        ini: 'DEFAULT/enabled_import_methods',
      }),
      /** Who may do what with which custom properties; a file in Glance's format. */
      propertyProtectionFile: z.string().optional().meta({ ini: 'DEFAULT/property_protection_file' }),
      propertyProtectionFormat: z
        .enum(['roles', 'policies'])
        .default('roles')
        .meta({ ini: 'DEFAULT/property_protection_rule_format' }),
      /** Instead of the custom properties that every Glance describes; a file in the format of its schema-image.json. */
      schemaFile: z.string().optional(),
      allowAnonymous: flag.default(false).meta({ ini: 'DEFAULT/allow_anonymous_access' }),
      /** Deleted images wait, and can be restored, for `scrubTimeSeconds`; only then their data goes. */
      delayedDelete: flag.default(false).meta({ ini: 'DEFAULT/delayed_delete' }),
      scrubTimeSeconds: count(0).meta({ ini: 'DEFAULT/scrub_time' }),
    })
    .prefault({}),
  policy: z
    .strictObject({
      /** Rules instead of the defaults; a file in the format of oslo.policy, YAML or JSON. */
      file: z.string().min(1).optional().meta({ ini: 'oslo_policy/policy_file' }),
      /** More such files, in the order of their names; what is set again replaces what was set before. */
      folders: list([]).meta({ ini: 'oslo_policy/policy_dirs' }),
      /** Loads also what would open a rule by mistake, or close it, as the original does. */
      acceptUnsafe: flag.default(false),
      /** Without it the defaults of former releases count beside the new ones, as in releases of Glance up to 2023. */
      enforceNewDefaults: flag.default(true).meta({ ini: 'oslo_policy/enforce_new_defaults' }),
      /** Hosts, with port where that is not the usual one, that http: checks may ask; without any there are no such checks. */
      remoteHosts: list([]),
      /** The whole node waits so long for an answer. */
      remoteTimeoutSeconds: z.coerce.number().positive().max(60).default(2).meta({ ini: 'oslo_policy/remote_timeout' }),
      remoteContentType: z
        .enum(['application/x-www-form-urlencoded', 'application/json'])
        .default('application/x-www-form-urlencoded')
        .meta({ ini: 'oslo_policy/remote_content_type' }),
    })
    .prefault({}),
  formats: z
    .strictObject({
      disk: list(['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop']).meta({
        ini: 'image_format/disk_formats',
      }),
      container: list(['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed']).meta({
        ini: 'image_format/container_formats',
      }),
      requireMatch: flag.default(true).meta({ ini: 'image_format/require_image_format_match' }),
      gptNonfatalChecks: list([]).meta({ ini: 'image_format/gpt_safety_checks_nonfatal' }),
      vmdkAllowedTypes: list(['streamOptimized', 'monolithicSparse']).meta({
        ini: 'image_format/vmdk_allowed_types',
      }),
    })
    .prefault({}),
  uploads: z
    .strictObject({
      /** A connection that sends nothing for this long is given up. */
      idleTimeoutSeconds: seconds(120),
      leaseSeconds: seconds(30),
      /** Whether /api/uploads takes images in pieces. */
      resumable: flag.default(true),
      /** An upload in pieces that gets no bytes for this long is given up. */
      expireSeconds: seconds(24 * 3600),
      hashWorkers: count(0),
    })
    .prefault({}),
  imports: z
    .strictObject({
      /** Folder where bytes wait for their import; a relative one lies in the data folder. */
      stagingPath: z.string().min(1).default('staging'),
      /** Imports that this node works on at once. */
      workers: z.coerce.number().int().min(1).max(64).default(4),
      /** Stores that one import or copy is written to at once. */
      maxParallelStores: z.coerce.number().int().min(1).max(64).default(4).meta({
        ini: 'image_import_opts/max_parallel_stores',
      }),
      /** How often a task is begun before it is given up; a node that dies uses one up. */
      attempts: z.coerce.number().int().min(1).max(20).default(3),
      allowedSchemes: list(['http', 'https']).meta({ ini: 'import_filtering_opts/allowed_schemes' }),
      disallowedSchemes: list([]).meta({ ini: 'import_filtering_opts/disallowed_schemes' }),
      allowedHosts: list([]).meta({ ini: 'import_filtering_opts/allowed_hosts' }),
      disallowedHosts: list([]).meta({ ini: 'import_filtering_opts/disallowed_hosts' }),
      allowedPorts: list(['80', '443']).meta({ ini: 'import_filtering_opts/allowed_ports' }),
      disallowedPorts: list([]).meta({ ini: 'import_filtering_opts/disallowed_ports' }),
      /** Whether downloads may go to loopback, link-local and private addresses. */
      allowPrivateAddresses: flag.default(false),
      /** How the names of properties begin that a copy from another image service takes over. */
      copiedProperties: list(['hw_', 'trait:', 'os_distro', 'os_secure_boot', 'os_type']).meta({
        ini: 'glance_download_properties/extra_properties',
      }),
      /** What is done with staged bytes before any store gets them, in this order. */
      plugins: pluginList.meta({ ini: 'image_import_opts/image_import_plugins' }),
      decompression: z
        .strictObject({
          /** How many times larger than the compressed bytes an image may become. */
          maxRatio: z.coerce.number().positive().default(500),
        })
        .prefault({}),
      conversion: z
        .strictObject({
          outputFormat: z.enum(['raw', 'qcow2', 'vmdk']).default('raw').meta({ ini: 'image_conversion/output_format' }),
        })
        .prefault({}),
      injectMetadata: z
        .strictObject({
          properties: dictionary.meta({ ini: 'inject_metadata_properties/inject' }),
          ignoreUserRoles: list(['admin']).meta({ ini: 'inject_metadata_properties/ignore_user_roles' }),
        })
        .prefault({}),
      /** Of each program that a plugin starts. */
      programs: z
        .strictObject({
          cpuSeconds: seconds(3600),
          memoryMib: z.coerce.number().int().min(64).default(1024),
          timeoutSeconds: seconds(4 * 3600),
        })
        .prefault({}),
    })
    .prefault({}),
  locations: z
    .strictObject({
      /** Whether the data at a location that a client adds is read and hashed. */
      doSecureHash: flag.default(true).meta({ ini: 'DEFAULT/do_secure_hash' }),
      /** How often reading it is tried. */
      httpRetries: z.coerce.number().int().min(1).max(20).default(3).meta({ ini: 'DEFAULT/http_retries' }),
    })
    .prefault({}),
  tasks: z
    .strictObject({ timeToLiveHours: z.coerce.number().positive().default(48).meta({ ini: 'task/task_time_to_live' }) })
    .prefault({}),
  events: z
    .strictObject({
      /** How long events are kept, which are the audit record too. */
      retentionDays: z.coerce.number().positive().default(90),
      /** Whether the audit tells of writes that were refused, too. */
      auditRefusals: flag.default(true),
    })
    .prefault({}),
  limits: z
    .strictObject({
      enabled: flag.default(false).meta({ ini: 'DEFAULT/use_keystone_limits' }),
      /** What a project may have unless an administrator says otherwise; sizes in MiB. A real Keystone has its own. */
      imageCountTotal: limit,
      imageSizeTotal: limit,
      imageStageTotal: limit,
      imageCountUploading: limit,
      /** How long what Keystone said of limits is taken for true. */
      cacheSeconds: seconds(30),
      /** Our endpoint in Keystone, whose service and region the limits name; found in the catalog when absent. */
      endpointId: z.string().min(1).optional().meta({ ini: 'oslo_limit/endpoint_id' }),
    })
    .prefault({}),
  metadefs: z
    .strictObject({
      /** What a project may own, and what one namespace may hold; -1 is no limit. */
      namespaceLimit: limit,
      objectLimit: limit,
      propertyLimit: limit,
      tagLimit: limit,
      resourceTypeLimit: limit,
      /** Whether everybody learns of every resource type, also of those that only hidden namespaces name. */
      showAllResourceTypes: flag.default(false),
      /** Definition files that the load command reads when it is given no path. */
      sourcePath: z.string().min(1).default('lib/metadefs/catalog').meta({ ini: 'DEFAULT/metadata_source_path' }),
    })
    .prefault({}),
  webhooks: z.record(z.string().regex(/^[a-zA-Z0-9][\w.-]*$/), webhook).default({}),
  stores: z.record(z.string().regex(/^[a-zA-Z0-9][\w.-]*$/), store).default({}),
  storage: z
    .object({
      defaultStore: z.string().optional().meta({ ini: 'glance_store/default_backend' }),
      /** How often each store is looked at. */
      probeSeconds: seconds(10),
    })
    .prefault({}),
})

export type Config = z.infer<typeof configSchema>
export type FileStoreConfig = z.infer<typeof fileStore>
export type StoreConfig = z.infer<typeof store>
