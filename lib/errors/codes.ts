export interface ErrorCodeEntry {
  readonly status: number
  /** What a client reads when the thrower gives no text of its own. */
  readonly text: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly retryable: boolean
}

const entry = (
  status: number,
  text: string,
  level: ErrorCodeEntry['level'] = 'info',
  retryable = false,
): ErrorCodeEntry => ({ status, text, level, retryable })

/** The only table from error code to HTTP status, public text, log level and whether a retry may help. */
export const errorCodes = {
  // requests
  bad_request: entry(
    400,
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ),
  unauthorized: entry(
    401,
    'This server could not verify that you are authorized to access the document you requested. Either you supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the credentials required.',
  ),
  forbidden: entry(403, 'Access was denied to this resource.'),
  policy_denied: entry(403, 'You are not authorized to complete this action.'),
  policy_failed: entry(
    500,
    'The server has either erred or is incapable of performing the requested operation.',
    'error',
  ),
  policy_invalid: entry(400, 'The policy rules are invalid.'),
  not_found: entry(404, 'The resource could not be found.', 'debug'),
  method_not_allowed: entry(405, 'The method is not allowed for this resource.', 'debug'),
  conflict: entry(409, 'There was a conflict when trying to complete your request.'),
  gone: entry(410, 'This resource is no longer available.  No forwarding address is given.'),
  too_large: entry(413, 'The body of your request was too large for this server.'),
  unsupported_media_type: entry(415, 'The request media type is not supported by this server.'),
  range_not_satisfiable: entry(416, 'The Range requested is not available.'),
  too_many_requests: entry(429, 'Too many requests.', 'warn', true),
  request_header_too_large: entry(431, 'The request header is too large.'),
  internal: entry(
    500,
    'The server has either erred or is incapable of performing the requested operation.',
    'error',
    true,
  ),
  method_unknown: entry(501, 'The request method is not implemented for this server.', 'debug'),
  unavailable: entry(503, 'The server is currently unavailable. Please try again at a later time.', 'error', true),
  // images
  image_not_found: entry(404, 'No image found.', 'debug'),
  image_exists: entry(409, 'Image ID already exists!'),
  image_protected: entry(403, 'Image is protected and cannot be deleted.'),
  image_deactivated: entry(403, 'The requested image has been deactivated. Image data download is forbidden.'),
  image_status_conflict: entry(409, 'Image status transition is not allowed.'),
  image_deleted_during_upload: entry(
    410,
    'The image may have been deleted during the upload, cleaning up the chunks uploaded.',
  ),
  attribute_read_only: entry(403, 'Attribute is read-only.'),
  attribute_reserved: entry(403, 'Attribute is reserved.'),
  quota_exceeded: entry(413, 'The limit has been exceeded.'),
  size_mismatch: entry(400, 'Size mismatch.'),
  format_refused: entry(415, 'Image failed safety checks'),
  // uploads in pieces
  upload_not_found: entry(404, 'No such upload.', 'debug'),
  upload_gone: entry(410, 'What had been uploaded is gone; begin again.', 'warn'),
  upload_locked: entry(423, 'Another request writes to this upload.', 'info', true),
  upload_elsewhere: entry(503, 'The bytes of this upload lie on another node.', 'info', true),
  tus_version_unsupported: entry(412, 'Only version 1.0.0 of tus is supported.'),
  checksum_mismatch: entry(460, 'The bytes do not have the checksum that was sent with them.'),
  digest_mismatch: entry(460, 'The bytes that came are not those of the announced digest; begin again.', 'warn'),
  client_closed: entry(400, 'The client closed the connection before the request was complete.', 'info'),
  // imports
  source_unavailable: entry(502, 'The source of the image data cannot be read.'),
  stage_host_unavailable: entry(504, 'Stage host is unavailable', 'warn', true),
  // stores: the closed set that drivers may throw
  store_unknown: entry(400, 'Store not found.'),
  store_full: entry(413, 'Image storage media is full.', 'error'),
  store_denied: entry(503, 'Insufficient permissions on image storage media.', 'error'),
  store_unavailable: entry(503, 'Store unavailable.', 'error', true),
  store_add_disabled: entry(410, 'Error in store configuration. Adding images to store is disabled.', 'warn'),
  store_object_missing: entry(404, 'The image data is not in the store.', 'error'),
  store_object_exists: entry(409, 'The store already holds data for this image.', 'error'),
  store_in_use: entry(409, 'The image data is in use.'),
  lease_lost: entry(409, 'Another worker took over this operation.', 'warn'),
  // identity
  identity_unavailable: entry(503, 'The identity service is unavailable.', 'error', true),
  sign_in_refused: entry(401, 'The request you have made requires authentication.'),
  // start-up
  config_invalid: entry(500, 'The configuration is invalid.', 'error'),
  database_newer: entry(500, 'The database was written by a newer version.', 'error'),
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof errorCodes
