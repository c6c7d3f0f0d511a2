/** What the package.json files keep to: exact versions, the same everywhere, each with its reason written down. */
import type { Violation } from "./Violation.ts"
import type { Manifest, Workspace } from "./Workspace.ts"

const exact = /^\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/u

/** Checks every manifest of the repository. */
export const check = (workspace: Workspace): ReadonlyArray<Violation> => {
  const own = new Map(workspace.packages.map(({ manifest }) => [manifest.name, manifest.version]))
  const manifests = [
    { file: "package.json", manifest: workspace.manifest },
    ...workspace.packages.map(({ folder, manifest }) => ({ file: `${folder}/package.json`, manifest }))
  ]
  /** The first version seen of each name; ours have the version they are at. */
  const versions = new Map(own)
  for (const { manifest } of manifests) {
    for (const [name, version] of all(manifest)) if (!versions.has(name)) versions.set(name, version)
  }
  return manifests.flatMap(({ file, manifest }) =>
    all(manifest).flatMap(([name, version]): ReadonlyArray<Violation> => {
      const problems: Array<Violation> = []
      if (!exact.test(version)) {
        problems.push({ file, rule: "exact-version", message: `"${name}": "${version}" is not an exact version` })
      } else if (versions.get(name) !== version) {
        const message = `"${name}": "${version}" is not the version used elsewhere, ${versions.get(name)}`
        problems.push({ file, rule: "exact-version", message })
      }
      if (!own.has(name) && !workspace.dependencies.includes(`\`${name}\``)) {
        const message = `"${name}" has no line in docs/dependencies.md: say why it is here, and instead of what`
        problems.push({ file, rule: "documented", message })
      }
      return problems
    })
  )
}

const all = (manifest: Manifest): ReadonlyArray<readonly [name: string, version: string]> =>
  Object.entries({
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
    ...manifest.peerDependencies,
    ...manifest.dependencies
  })
