/**
 * What Redis does with cached rows, as Lua scripts: each of them is one step that nobody sees half of.
 *
 * Keys, all with the same hash tag, so that a cluster keeps them on one node:
 * - `{prefix}:scope:<scope>`: a hash with the `era`, the number of `slices`, `p<slice>` with the position of each slice, and
 *   the `floor`;
 * - `{prefix}:changed:<scope>`: a sorted set of the rows that have changed last, with the position of the change;
 * - `{prefix}:row:<scope>:<era>:<id>`: the text of a row, which expires;
 * - `{prefix}:used`: a sorted set of the keys of rows, with the time of their last use in microseconds.
 *
 * Whatever takes out everything of a scope gives it another era, so that the keys of its rows are not found any more; they
 * expire, or go when the cache is full. An era is a time, so that one is never given twice, even when Redis has lost all.
 * Numbers in Lua are exact up to 2^53, as positions are.
 */
import { Redis } from "effect/persistence"

/** What every script begins with: the keys and the way to know a scope. `KEYS[1]` is the hash of the scope. */
const common = `
local function micros() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
local function text(number) return string.format('%.0f', number) end
local function era()
  local known = redis.call('HGET', KEYS[1], 'era')
  if known then return known end
  local fresh = text(micros())
  redis.call('HSET', KEYS[1], 'era', fresh)
  return fresh
end
local function clear()
  redis.call('HSET', KEYS[1], 'era', text(math.max(micros(), tonumber(era()) + 1)), 'floor', '0')
  redis.call('DEL', KEYS[2])
end
local function keep() redis.call('EXPIRE', KEYS[1], 86400) redis.call('EXPIRE', KEYS[2], 86400) end
`

/** The keys of a scope. */
export interface ScopeKeys {
  /** The hash. */
  readonly scope: string
  /** The sorted set of changes. */
  readonly changed: string
  /** Before era and id. */
  readonly rows: string
  /** The sorted set of uses. */
  readonly used: string
}

const script = (lua: string) =>
  Redis.script(
    ({ changed, rows, scope, used }: ScopeKeys, ...rest: ReadonlyArray<string>) => [
      scope,
      changed,
      used,
      rows,
      ...rest
    ],
    { lua: common + lua, numberOfKeys: 3 }
  ).withReturnType<unknown>()

/** `id`. Answers the text or nothing, the era, and the position or nothing. */
export const get = script(`
local now = era()
local slices = tonumber(redis.call('HGET', KEYS[1], 'slices') or '0')
local position = false
for slice = 0, slices - 1 do
  local at = redis.call('HGET', KEYS[1], 'p' .. slice)
  if not at then position = false break end
  if not position or tonumber(at) < tonumber(position) then position = at end
end
local key = ARGV[1] .. now .. ':' .. ARGV[2]
local found = redis.call('GET', key)
if found then redis.call('ZADD', KEYS[3], text(micros()), key) end
keep()
return { found, now, position }
`)

/** `id`, era, position, text, time to live in milliseconds, bound. Answers whether it was kept, and how many had to go. */
export const put = script(`
if era() ~= ARGV[3] then return { 0, 0 } end
local floor = tonumber(redis.call('HGET', KEYS[1], 'floor') or '0')
local changed = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[2]) or '0')
if math.max(floor, changed) > tonumber(ARGV[4]) then return { 0, 0 } end
local key = ARGV[1] .. ARGV[3] .. ':' .. ARGV[2]
redis.call('SET', key, ARGV[5], 'PX', ARGV[6])
redis.call('ZADD', KEYS[3], text(micros()), key)
redis.call('PEXPIRE', KEYS[3], tonumber(ARGV[6]) * 2)
local evicted = 0
while redis.call('ZCARD', KEYS[3]) > tonumber(ARGV[7]) do
  local oldest = redis.call('ZPOPMIN', KEYS[3])
  evicted = evicted + redis.call('DEL', oldest[1])
end
return { 1, evicted }
`)

/** slice, from, to, how many changes to remember, ids. Answers how many rows were taken out, and whether all were. */
export const advanced = script(`
local slice, from, to, bound = 'p' .. ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local at = redis.call('HGET', KEYS[1], slice)
local cleared = 0
if not at or from > tonumber(at) then clear() cleared = 1 end
if not at or to > tonumber(at) then redis.call('HSET', KEYS[1], slice, ARGV[4]) end
local now, invalidated = era(), 0
for index = 6, #ARGV do
  redis.call('ZADD', KEYS[2], 'GT', ARGV[4], ARGV[index])
  local key = ARGV[1] .. now .. ':' .. ARGV[index]
  invalidated = invalidated + redis.call('DEL', key)
  redis.call('ZREM', KEYS[3], key)
end
while redis.call('ZCARD', KEYS[2]) > bound do
  local oldest = redis.call('ZPOPMIN', KEYS[2])
  local floor = tonumber(redis.call('HGET', KEYS[1], 'floor') or '0')
  if tonumber(oldest[2]) > floor then redis.call('HSET', KEYS[1], 'floor', text(tonumber(oldest[2]))) end
end
keep()
return { invalidated, cleared }
`)

/** `1` for patience, positions by slice. Answers whether all were known already. */
export const seen = script(`
local followed = 1
for index = 3, #ARGV do
  local at = redis.call('HGET', KEYS[1], 'p' .. (index - 3))
  if not at or tonumber(at) < tonumber(ARGV[index]) then followed = 0 end
end
if followed == 0 and ARGV[2] == '1' then return 0 end
redis.call('HSET', KEYS[1], 'slices', #ARGV - 2)
if followed == 0 then
  clear()
  for index = 3, #ARGV do
    local at = redis.call('HGET', KEYS[1], 'p' .. (index - 3))
    if not at or tonumber(at) < tonumber(ARGV[index]) then
      redis.call('HSET', KEYS[1], 'p' .. (index - 3), ARGV[index])
    end
  end
end
keep()
return followed
`)

/** Nothing more. */
export const clear = script(`
clear()
keep()
return 1
`)
