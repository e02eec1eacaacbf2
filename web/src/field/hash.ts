/** SHA-256 in hex. */
export async function sha256(b: Uint8Array): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', b as Uint8Array<ArrayBuffer>))
  return Array.from(sum, (x) => x.toString(16).padStart(2, '0')).join('')
}
