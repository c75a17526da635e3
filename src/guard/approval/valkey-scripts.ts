import { createHash } from 'node:crypto';

/** A Lua script, which a server runs as one step, and the digest under which it knows it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/**
 * What all scripts begin with. Times are the server's: replicas' clocks differ, and a record must not be over for one and
 * usable for the other. Every script answers {outcome, id, state, the fields of the record, a number, the id and the fields of a
 * record that it ended as stale}.
 */
const PRELUDE = `
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

-- The state of a record now, or nothing where the key holds no record.
local function stateOf(key)
  local found = redis.pcall('HMGET', key, 'state', 'expiresAt', 'usableUntil')
  if found.err or not found[1] then return nil end
  local ends = tonumber(found[3] or found[2] or '')
  if not ends then return nil end
  local open = found[1] == 'pending' or found[1] == 'approved'
  if open and ends <= now then return 'expired' end
  return found[1]
end

local staleId, staleFields = '', {}

local function answer(outcome, key, id)
  return {outcome, id, stateOf(key), redis.call('HGETALL', key), 0, staleId, staleFields}
end

local function answerWithout(outcome, number)
  return {outcome, '', '', {}, number or 0, staleId, staleFields}
end

-- Lets a key live for at least this many milliseconds.
local function outlive(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, ms) end
end
`;

function script(text: string): Script {
  const whole = PRELUDE + text;
  return { text: whole, sha: createHash('sha1').update(whole).digest('hex') };
}

/** KEYS: record. ARGV: id. */
export const READ = script(`
if not stateOf(KEYS[1]) then return answerWithout('not_found') end
return answer('found', KEYS[1], ARGV[1])
`);

/** KEYS: latest. ARGV: what the keys of records begin with. */
export const FIND = script(`
local id = redis.call('GET', KEYS[1])
if not id or not stateOf(ARGV[1] .. id) then return answerWithout('not_found') end
return answer('found', ARGV[1] .. id, id)
`);

/**
 * KEYS: record, latest, coolDown, pending, listed, kept. ARGV: what the keys of records begin with, the id of a record to be
 * taken as absent, the new id, requester, operation, plan, lifetime, KEPT_MS, PENDING_MAX, RECORDS_MAX, and the fields of the new
 * record.
 */
export const REQUEST = script(`
local record, latest, coolDown, pending, listed, kept = unpack(KEYS)
local prefix, ignored, id, requester, operation, plan, lifetime, keptFor, pendingMax, recordsMax = unpack(ARGV, 1, 10)
local total = lifetime + keptFor

local known = redis.call('GET', latest)
if known and known ~= ignored then
  local key = prefix .. known
  local state = stateOf(key)
  if state == 'pending' or state == 'approved' then
    local about = redis.call('HMGET', key, 'requester', 'operation', 'plan')
    if about[1] == requester and about[2] == operation then
      if about[3] == plan then return answer('found', key, known) end
      redis.call('HSET', key, 'state', 'stale')
      redis.call('ZREM', pending, known)
      redis.call('PEXPIRE', key, keptFor)
      redis.call('ZADD', kept, 'XX', now + keptFor, known)
      staleId, staleFields = known, redis.call('HGETALL', key)
    end
  end
end

local rest = redis.call('PTTL', coolDown)
if rest > 0 then return answerWithout('cooling_down', now + rest) end

redis.call('ZREMRANGEBYSCORE', pending, '-inf', now)
if redis.call('ZCARD', pending) >= tonumber(pendingMax) then return answerWithout('too_many') end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', kept, '-inf', now, 'LIMIT', 0, 1000)) do
  redis.call('ZREM', kept, gone)
  redis.call('ZREM', listed, gone)
end
if redis.call('ZCARD', listed) >= tonumber(recordsMax) then return answerWithout('too_many') end

redis.call('HSET', record, 'state', 'pending', 'createdAt', now, 'expiresAt', now + lifetime, unpack(ARGV, 11))
redis.call('PEXPIRE', record, total)
redis.call('SET', latest, id, 'PX', total)
redis.call('ZADD', pending, now + lifetime, id)
-- Its place in the list: the time, but always after the one before.
local before = redis.call('ZREVRANGE', listed, 0, 0, 'WITHSCORES')
redis.call('ZADD', listed, math.max(now, (tonumber(before[2]) or 0) + 1), id)
redis.call('ZADD', kept, now + total, id)
outlive(pending, total)
outlive(listed, total)
outlive(kept, total)
return answer('created', record, id)
`);

/** What scripts that change a record begin with. KEYS: record, latest, coolDown, pending, listed, kept. ARGV: id, KEPT_MS. */
const TRANSITION = `
local record, latest, coolDown, pending, listed, kept = unpack(KEYS)
local id, keptFor = unpack(ARGV, 1, 2)
local state = stateOf(record)
if not state then return answerWithout('not_found') end

-- Moves a record on. It and what finds it are kept for keptFor after its time is over, which is in ms milliseconds.
local function move(ms, ...)
  redis.call('HSET', record, ...)
  redis.call('ZREM', pending, id)
  redis.call('PEXPIRE', record, ms + keptFor)
  if redis.call('GET', latest) == id then redis.call('PEXPIRE', latest, ms + keptFor) end
  redis.call('ZADD', kept, 'XX', now + ms + keptFor, id)
  outlive(listed, ms + keptFor)
  outlive(kept, ms + keptFor)
  return answer('done', record, id)
end
`;

/** ARGV from 3: who votes, the decision, the vote as it is stored, for how long an approval is usable, COOL_DOWN_MS. */
export const VOTE = script(`${TRANSITION}
local voter, decision, vote, usableFor, coolDownFor = unpack(ARGV, 3)
if state ~= 'pending' then return answer('wrong_state', record, id) end
local about = redis.call('HMGET', record, 'who', 'requester', 'person', 'needed')
if about[1] ~= 'self' and (voter == about[2] or voter == about[3]) then return answer('is_requester', record, id) end
if redis.call('HEXISTS', record, 'voter:' .. voter) == 1 then return answer('has_voted', record, id) end

local count = redis.call('HINCRBY', record, 'votes', 1)
redis.call('HSET', record, 'voter:' .. voter, count, 'vote:' .. count, vote)
if decision ~= 'approve' then
  redis.call('SET', coolDown, '1', 'PX', coolDownFor)
  return move(0, 'state', 'declined')
end
if count < (tonumber(about[4] or '') or math.huge) then return answer('done', record, id) end
return move(usableFor, 'state', 'approved', 'usableUntil', now + usableFor)
`);

/** ARGV from 3: the new state. */
export const CLOSE = script(`${TRANSITION}
if state ~= 'pending' and state ~= 'approved' then return answer('wrong_state', record, id) end
return move(0, 'state', ARGV[3])
`);

/** ARGV from 3: the plan, the id of the call. */
export const CONSUME = script(`${TRANSITION}
local plan, call = unpack(ARGV, 3)
if state ~= 'approved' or redis.call('HGET', record, 'plan') ~= plan then return answer('wrong_state', record, id) end
return move(0, 'state', 'used', 'usedBy', call)
`);
