/** A column of a work-list. */
export type Column = {
  key: string
  /** Message key of the heading. */
  label: string
  /** CSS width; the rest share what is left. */
  width?: string
  align?: 'right'
  /** Not shown until chosen. */
  optional?: boolean
  /** Left out while a record is open beside the list. */
  aside?: 'hide'
  /** On a phone's card: the first line, the second, or left out. */
  card?: 'title' | 'side' | 'line' | 'hide'
}
