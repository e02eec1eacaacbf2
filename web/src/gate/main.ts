/** The gate tablet: scan, plate, decision, next; a whole shift without a network. */
import { createApp } from 'vue'
import '@/styles/tokens.css'
import '@/styles/base.css'
import '@/device/device.css'
import './gate.css'
import GateApp from './GateApp.vue'

createApp(GateApp).mount('#app')
// where the page came without TLS there is no worker: it works, but not without a network
void navigator.serviceWorker?.register('/offline.js', { scope: '/gate/' }).catch(() => undefined)
