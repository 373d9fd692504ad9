/** Names as Kubernetes checks them, as sources of patterns. */
const NAME = '[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?';
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** The name of most objects: a DNS subdomain; at most 253 characters. */
export const OBJECT_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/**
 * The key of a label, an annotation or a taint: a name, with or without a domain and a slash before it.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const QUALIFIED_NAME = new RegExp(`^(?:(?=[^/]{1,253}/)${LABEL}(?:\\.${LABEL})*/)?${NAME}$`);

/** The value of a label or a taint, which may be empty. */
export const LABEL_VALUE = new RegExp(`^(?:${NAME})?$`);
