/**
 * How a context stands to another one, in the terms of strategic design. It is declared by the context that depends on the
 * other; a partnership by both.
 */
import { Schema } from "effect"

/** The schema of the kinds of relationship. */
export const RelationshipKind = Schema.Literals([
  "customer-supplier",
  "conformist",
  "anti-corruption-layer",
  "partnership",
  "shared-kernel",
  "open-host-service"
]).annotate({ identifier: "RelationshipKind" })
/** A kind of relationship. */
export type RelationshipKind = typeof RelationshipKind.Type

/** The schema of a relationship. */
export const Relationship = Schema.Struct({
  kind: RelationshipKind,
  /** The name of the other context, of a foreign system, or of a shared kernel. */
  with: Schema.String,
  /** What it is about, in a sentence. */
  because: Schema.String,
  /** Of a conformist or an anti-corruption layer: the modules it consists of, as `room/Module`. */
  modules: Schema.optionalKey(Schema.Array(Schema.String))
}).annotate({ identifier: "Relationship" })
/** How a context stands to another one. */
export interface Relationship extends Schema.Schema.Type<typeof Relationship> {}

/** It is a customer: the other one supplies what it asks for, by its commands or in answer to its events. */
export const customerOf = (supplier: string, because: string): Relationship => ({
  kind: "customer-supplier",
  with: supplier,
  because
})

/** It takes the other's published language, or sends its commands, as they are offered to everybody. */
export const usesHostOf = (host: string, because: string): Relationship => ({
  kind: "open-host-service",
  with: host,
  because
})

/** Both depend on each other and change together. The other one declares it too. */
export const partnerOf = (partner: string, because: string): Relationship => ({
  kind: "partnership",
  with: partner,
  because
})

/** It shares the code of a kernel with other contexts: nobody changes that alone. */
export const sharesKernel = (kernel: string, because: string): Relationship => ({
  kind: "shared-kernel",
  with: kernel,
  because
})

/** It speaks the other's language as it is, in these modules and nowhere else. */
export const conformsTo = (
  upstream: string,
  { because, speaks }: { readonly because: string; readonly speaks: ReadonlyArray<string> }
): Relationship => ({ kind: "conformist", with: upstream, because, modules: speaks })

/** Its own language is kept clear of the other's: these modules translate, and no others know both. */
export const protectedFrom = (
  upstream: string,
  { because, translatedIn }: { readonly because: string; readonly translatedIn: ReadonlyArray<string> }
): Relationship => ({ kind: "anti-corruption-layer", with: upstream, because, modules: translatedIn })
