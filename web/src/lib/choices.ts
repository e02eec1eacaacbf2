/** What a case entered or corrected by hand may be; imports bring more. */
export const CASE_CLASSES: readonly string[] = ['confirmed', 'asymptomatic', 'probable', 'suspected']
export const CASE_CHANNELS: readonly string[] = ['assistance', 'contact', 'screening', 'clinic', 'sentinel', 'arrival', 'key_group', 'self', 'school', 'other']
export const CASE_SETTINGS: readonly string[] = ['household', 'workplace', 'school', 'healthcare', 'market', 'shop', 'restaurant', 'meal', 'transport', 'freight', 'service_area', 'community', 'neighbour', 'funeral', 'other']
