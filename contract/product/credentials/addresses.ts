import { isRandom, isTokenInPath } from './randomness';

const ADDRESS = /^[a-z][\w+.-]*:\/\/[^\s/]+(\/[^\s?#]*)?/i;
const EACH = /\bhttps?:\/\/([^\s/"'<>?#\\]+)(\/[^\s"'<>?#\\]*)/gi;
/** Names of addresses that messages are sent to. */
const SENT_TO = /hook|alert|notif|ingest|push|ping|chat|heartbeat/i;
/** Names of addresses that people or their browsers open. */
const ABOUT = /docs?|logo|icon|im(?:g|age)|runbook|wiki|help|support|dashboard|avatar|asset|download|issuer|jwks/i;
/** Parts of a path after which the token of the sender comes, whoever runs the service. */
const RECEIVER =
  /(?:hooks?|\/(?:push|ping|beats?|heartbeats?|beacon|notify|notifications?|alerts?|incoming|inbound|ingest|receivers?|trigger|publish|integrations?|catch))(?=\/)/i;
/** Services whose pages have a random id in their address, and the path of an issuer at Okta. */
const PAGES =
  /(?:^|\.)(?:forms\.gle|goo\.gl|bit\.ly|(?:google|figma|notion|okta|oktapreview|auth0|youtube|youtu|miro|airtable|dropbox|sharepoint|atlassian|loom|trello|asana|linear|github|gitlab)\.\w+)$/i;
const PUBLIC_PATH = /\/(?:oauth2|docs?|d|dashboards?|pages?|wiki|board|file|blob|tree|commit|archives)\//i;

/** Whether a text is an address and nothing else. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text) && !/\s/.test(text);
}

/**
 * Whether a text has an address with a token in its path: messages go there from whoever knows it.
 *
 * @param name What the text is called, or an empty text.
 */
export function hasTokenInPath(text: string, name: string): boolean {
  return [...text.matchAll(EACH)].some(([, host = '', path = '']) => {
    const parts = path.split('/');
    const receives = path.search(RECEIVER);
    const isReceiver = /\bweb-?hooks?\b/i.test(host);
    if (
      (receives >= 0 || isReceiver) &&
      path
        .slice(isReceiver ? 0 : receives)
        .split('/')
        .slice(1)
        .some((part) => isTokenInPath(part, true))
    )
      return true;
    if (SENT_TO.test(name) && isRandom(path, /hook/i.test(name))) return true;
    if (ABOUT.test(name)) return false;
    return !PAGES.test(host) && !PUBLIC_PATH.test(path) && parts.some((part) => isTokenInPath(part, false));
  });
}
