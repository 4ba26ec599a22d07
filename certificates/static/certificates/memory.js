// What this device saw last, so that nobody takes it back to a list from before a withdrawal. Without storage: this visit only.

const visit = new Map()

export function recall(name) {
  try {
    return localStorage.getItem(name) ?? visit.get(name) ?? null
  } catch {
    return visit.get(name) ?? null
  }
}

export function remember(name, text) {
  visit.set(name, text)
  try {
    localStorage.setItem(name, text)
    return true
  } catch {
    return false
  }
}

/** The highest version of the list of keys that was seen under a root. */
export function versionSeen(root) {
  return Number(recall(`keys ${root}`)) || 0
}

export function noteVersion(root, version) {
  if (version > versionSeen(root)) remember(`keys ${root}`, String(version))
}
