/** My follow-up: the page behind a personal link. It stands alone and small,
 * holds no name, and keeps what was typed when the network goes. */
import { createApp } from 'vue'
import FollowUp from './FollowUp.vue'
import './followup.css'

createApp(FollowUp).mount('#app')
