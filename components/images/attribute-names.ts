/** Attributes of an image that are no custom properties; the server knows a few more and says so. */
const attributeNames = new Set(
  (
    'id name status visibility protected owner size virtual_size checksum os_hash_algo os_hash_value os_hidden tags ' +
    'disk_format container_format min_disk min_ram created_at updated_at self file schema locations direct_url stores ' +
    'location deleted deleted_at'
  ).split(' '),
)

export function isAttributeName(name: string): boolean {
  return attributeNames.has(name)
}
