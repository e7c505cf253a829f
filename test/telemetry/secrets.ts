/**
 * Forms in which secrets turn up. Each holds `secrets` and stands inside text as it would in a log, a URL, an error or
 * an attribute. The values are made up.
 */

export interface SecretForm {
  readonly text: string;
  /** What must not be found in anything that leaves the process. */
  readonly secrets: readonly string[];
}

const ALNUM_64 = 'Zq7Lw2Xc9Vb4Nm1As6Df3Gh8Jk5PoIuYtReWq0zXcVbNmLkJhGfDsAqWeRtYuIoP';
const HEX_64 = '4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
const BASE64_64 = `${'kQ7zX+9v/B2mN4'.repeat(7).slice(0, 86)}==`;
const JWT =
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

const form = (text: string, ...secrets: string[]): SecretForm => ({ text, secrets });

export const SECRET_FORMS: readonly SecretForm[] = [
  // Credentials in URLs.
  form('https://alice:hunter2pw@api.example.com/v1', 'hunter2pw', 'alice'),
  form('postgres://svc_user:p4ss%2Fword@db.example.com:5432/main', 'p4ss%2Fword', 'svc_user'),
  form('postgresql://svc_user:pa/ss=wo?rd@db.example.com/main', 'ss=wo', 'svc_user'),
  form('redis://default:r3d1sPw@cache.example.com:6379', 'r3d1sPw'),
  form('rediss://:onlyPassw0rd@cache.example.com', 'onlyPassw0rd'),
  form('wss://tokenuser77@stream.example.com/ws', 'tokenuser77'),
  form('connect failed: amqp://guest7:gu3stpw@mq.example.com:5672/vhost', 'gu3stpw', 'guest7'),
  // Query strings.
  form(
    'https://api.binance.com/api/v3/order?symbol=BTCUSDT&signature=c8db56825ae71d6d79447849',
    'c8db56825ae71d6d79447849',
  ),
  form('https://x.example/?apiKey=ak_93jf93jf', 'ak_93jf93jf'),
  form('https://x.example/?api_key=ak93jf93jg&x=1', 'ak93jf93jg'),
  form('https://x.example/?access_token=at83hf83h', 'at83hf83h'),
  form('https://x.example/?key=gk83hf83hx#frag', 'gk83hf83hx'),
  form('https://x.example/?sig=sg83hf83hx', 'sg83hf83hx'),
  form('https://x.example/?sign=sn83hf83hx&t=1', 'sn83hf83hx'),
  form('https://x.example/cb?code=oauthcode8817&state=1', 'oauthcode8817'),
  form(
    'https://b.s3.example/o?X-Amz-Signature=amzsig8817&X-Amz-Credential=amzcred8817%2Fus',
    'amzsig8817',
    'amzcred8817',
  ),
  form(
    'https://b.s3.example/o?AWSAccessKeyId=awskid8817&Signature=awssig8817',
    'awskid8817',
    'awssig8817',
  ),
  form('https://b.s3.example/o?X-Amz-Security-Token=amztok8817', 'amztok8817'),
  form('https://g.example/o?X-Goog-Signature=googsig8817', 'googsig8817'),
  form('https://x.example/login?next=%2Fa%3Ftoken%3Dnested8817%26b%3D1', 'nested8817'),
  form('/private?passphrase=okxpass8817', 'okxpass8817'),
  form('https://x.example/u?email=jane.doe@example.org', 'jane.doe'),
  form('https://x.example/u?to=jane.doe%40example.org', 'jane.doe'),
  // Headers, as they are printed.
  form('Authorization: Bearer tok8817abcdef', 'tok8817abcdef'),
  form('authorization: Basic YWxpY2U6aHVudGVyMg==', 'YWxpY2U6aHVudGVyMg'),
  form(
    'Proxy-Authorization: Digest username="bob7", response="6629fae49393"',
    '6629fae49393',
    'bob7',
  ),
  form(
    'Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE77/20260101, Signature=5d672d79c15b',
    '5d672d79c15b',
    'AKIDEXAMPLE77',
  ),
  form('Cookie: session=sess8817; theme=dark; csrf=csrf8817', 'sess8817', 'csrf8817'),
  form('Set-Cookie: sid=sid8817abc; HttpOnly', 'sid8817abc'),
  form('X-MBX-APIKEY: mbx8817key', 'mbx8817key'),
  form('OK-ACCESS-KEY: okkey8817', 'okkey8817'),
  form('OK-ACCESS-SIGN: oksign8817', 'oksign8817'),
  form('OK-ACCESS-PASSPHRASE: okphrase8817', 'okphrase8817'),
  form('KC-API-SIGN: kcsign8817', 'kcsign8817'),
  form('KC-API-PASSPHRASE: kcphrase8817', 'kcphrase8817'),
  form('X-BAPI-API-KEY: bapikey8817', 'bapikey8817'),
  form('X-BAPI-SIGN: bapisign8817', 'bapisign8817'),
  form('API-Key: krkey8817', 'krkey8817'),
  form('API-Sign: krsign8817', 'krsign8817'),
  form('signoz-access-token: sgz8817', 'sgz8817'),
  form('x-auth-token: xat8817', 'xat8817'),
  // JSON, objects, assignments.
  form('{"apiKey":"jk8817aa","secret":"js8817aa"}', 'jk8817aa', 'js8817aa'),
  form('{\\"password\\":\\"esc8817aa\\"}', 'esc8817aa'),
  form("{ 'secretKey': 'sq8817aa' }", 'sq8817aa'),
  form('{"headers":{"authorization":"Bearer jb8817aabb","x":"y"}}', 'jb8817aabb'),
  form('{"cookie":"sid=jc8817aabb; a=b"}', 'jc8817aabb'),
  form('privateKey=pk8817aa', 'pk8817aa'),
  form('DATABASE_PASSWORD=dp8817aa retries=3', 'dp8817aa'),
  form('UPSTASH_REDIS_REST_TOKEN="ut8817aa"', 'ut8817aa'),
  form('password: "two words 8817"', 'two words 8817'),
  form('client_secret = cs8817aa', 'cs8817aa'),
  form('refresh_token=rt8817aa&grant_type=x', 'rt8817aa'),
  form('mnemonic: "legal winner thank year"', 'legal winner thank year'),
  // Bare tokens.
  form(`got ${JWT} from the exchange`, JWT, 'dozjgNryP4J3jVmNHl0w5N'),
  form('sent with Bearer bare8817token', 'bare8817token'),
  form('key AKIAIOSFODNN7EXAMPLE was refused', 'AKIAIOSFODNN7EXAMPLE'),
  form(
    'using ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  ),
  form('using github_pat_11ABCDEFG0123456789abcdef', '11ABCDEFG0123456789abcdef'),
  form('slack xoxb-123456789012-abcdefGHIJKL', '123456789012-abcdefGHIJKL'),
  form('stripe sk_live_4eC39HqLyjWDarjtT1zdp7dc', '4eC39HqLyjWDarjtT1zdp7dc'),
  form('npm npm_abcdefghijklmnop0123456789', 'abcdefghijklmnop0123456789'),
  form('maps AIzaSyA1234567890abcdefghijklmnopqrst', 'SyA1234567890abcdefghijklmnopqrst'),
  form(`binance key ${ALNUM_64} has no permission`, ALNUM_64),
  form(`wallet 0x${HEX_64} is empty`, HEX_64),
  form(`kraken secret ${BASE64_64} is not valid`, BASE64_64),
  form(
    '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkeyDATA8817\n-----END EC PRIVATE KEY-----',
    'MHcCAQEEIBkeyDATA8817',
  ),
  // Webhooks of alerts.
  form('https://hooks.slack.com/services/T00000000/B00000000/XXXXslack8817', 'XXXXslack8817'),
  form('https://discord.com/api/webhooks/123456789/discordTok8817', 'discordTok8817'),
  form('https://api.telegram.org/bot123456789:AAtelegram8817_x/sendMessage', 'AAtelegram8817_x'),
  // Personal data.
  form('mail to jane.doe+x@mail.example.org failed', 'jane.doe'),
  form('<mailto:jane_doe@example.co.uk>', 'jane_doe'),
  // SQL.
  form("select * from users where email = 'jane8817' and pin = 'p1n8817'", 'jane8817', 'p1n8817'),
  form(
    "Failed query: insert into keys values ('sql8817secret')\nparams: sqlparam8817,2",
    'sql8817secret',
    'sqlparam8817',
  ),
  form("update accounts set note = 'it''s sql8818secret' where id = 7", 'sql8818secret'),
  form(
    'duplicate key value violates unique constraint\nDETAIL: Key (name)=(detail8817) already exists.',
    'detail8817',
  ),
  form('null value\nDETAIL: Failing row contains (1, row8817, null).', 'row8817'),
];

/** Texts that must come through as they are. */
export const HARMLESS_TEXTS: readonly string[] = [
  'BTC/USDT',
  'binance',
  'GET /api/tickers/:symbol',
  'https://api.binance.com/api/v3/ticker/bookTicker?symbol=BTCUSDT&limit=5',
  'http://localhost:8787/api/spreads/BTC-USDT',
  'https://registry.example:4873/@scope/name',
  'select best_bid from quotes',
  '0af7651916cd43dd8448eb211c80319c',
  'rate limit exceeded, retry in 1000 ms',
  "can't reach the exchange",
  '2026-11-20T11:22:33.444Z',
  '123e4567-e89b-12d3-a456-426614174000',
];
