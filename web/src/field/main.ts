/** The field phone: my day, done with or without a network. */
import { createApp } from 'vue'
import '@/styles/tokens.css'
import '@/styles/base.css'
import '@/device/device.css'
import './field.css'
import FieldApp from './FieldApp.vue'

createApp(FieldApp).mount('#app')
// where the page came without TLS there is no worker: it works, but not without a network
void navigator.serviceWorker?.register('/offline.js', { scope: '/field/' }).catch(() => undefined)
