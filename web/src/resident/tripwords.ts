/** The words of freight trips in both languages. */
import { lang } from './words'

const zh = {
  check: '确认行程',
  plate: '车牌号', plateHint: '系统只保留掩码，不保存完整车牌。', plateNeeded: '请填写车牌号',
  kind: '装的是什么？',
  kinds: { food: '蔬菜、肉、粮油等食品', medicine: '药品、医疗物资', energy: '煤、油、气', fertiliser: '化肥、农药、种子', parts: '配件、原料', parcels: '快递', cold_chain: '冷链', other: '其他', empty: '空车' } as Record<string, string>,
  cargo: '货物名称',
  where: '送到哪里？', transit: '只是路过，不停靠', transitNote: '封签、按规定路线、不下高速', consignee: '收货单位', consigneeNeeded: '请填写收货单位', seal: '封签号', sealNeeded: '过境车辆请填写封签号',
  gate: '从哪个收费站进？', gateHint: '写路牌上的名字，例如：G15 大丰北', stops: '途中要停的服务区', gateNeeded: '过境车辆请写明进出收费站', out: '从哪个收费站出？',
  when: '预计什么时候到关口？', time: '几点', timeNeeded: '请填写日期和时间',
  short: '为什么没有提前 24 小时？', shortHint: '没有提前申报也可以走，写明原因就行。', shortNeeded: '请写一句原因',
  crew: '车上都有谁？', crewHint: '姓名和证件存入保密库，关口只看到掩码。', name: '姓名', doc: '身份证号', phone: '手机号', nameNeeded: '请填写驾驶员姓名', phoneNeeded: '请填写驾驶员手机号', second: '随车人员', add: '添加随车人员',
  done: '已申报', card: '司机卡', cardNote: '保存这张卡：打开它可以看通行证、要吃的、要休息、叫医生、投诉。',
  planned: '预计到关口', next: '下一站', holder: '现在谁负责', call: '本市联系人', permit: '通行证', states: { declared: '已申报', permitted: '已发证', travelling: '在途', at_gate: '在关口', inside: '已入城', unloading: '卸货中', left: '已驶离', handed_on: '已移交', cancelled: '已取消', retracted: '已撤回' } as Record<string, string>,
  permits: { '': '尚未签发', valid: '有效', expired: '已过期', early: '未到生效时间', revoked: '已撤销' } as Record<string, string>,
  show: '过关时出示', need: '您需要什么？', sent: '已收到，会按时回电。', reason: '补充几句（可不填）', complain: '投诉什么？', complainNeeded: '请写明投诉内容', ask: '提交',
  needs: { doctor: '看病', medicine: '买药', food: '吃饭', water: '喝水', toilet: '上厕所', rest: '休息', complaint: '投诉' } as Record<string, string>,
  asked: '我提的', answerBy: '回电时限', helpBy: '到位时限', helpStates: { open: '已收到', answered: '已回电', done: '已办好', closed: '已结束' } as Record<string, string>,
  went: '走过的地方', moves: { gate: '到关口', in: '入城', unload_start: '开始卸货', unload_end: '卸完', exit: '驶离', seen: '停留', serve: '已服务' } as Record<string, string>,
  open: '打开司机卡', code: '司机卡编码', bad: '编码不对，请核对后再试', emergency: '有生命危险先拨 120',
}

const en: typeof zh = {
  check: 'Check the trip',
  plate: 'Plate', plateHint: 'Only a mask of it is kept.', plateNeeded: 'Please enter the plate',
  kind: 'What do you carry?',
  kinds: { food: 'Food', medicine: 'Medicine, medical goods', energy: 'Coal, oil, gas', fertiliser: 'Fertiliser, seeds', parts: 'Parts, materials', parcels: 'Parcels', cold_chain: 'Cold chain', other: 'Something else', empty: 'Empty' },
  cargo: 'Name of the goods',
  where: 'Where does it go?', transit: 'Only passing, without a stop', transitNote: 'Sealed, on the prescribed route', consignee: 'Consignee', consigneeNeeded: 'Please name the consignee', seal: 'Number of the seal', sealNeeded: 'A lorry in transit gives the number of its seal',
  gate: 'Which toll gate do you come in by?', gateHint: 'As on the sign, for example G15 Dafeng North', stops: 'Service areas where you stop', gateNeeded: 'A lorry in transit names the gates where it comes in and out', out: 'Which gate do you leave by?',
  when: 'When will you be at the gate?', time: 'Time', timeNeeded: 'Please give day and time',
  short: 'Why not 24 hours ahead?', shortHint: 'You may drive all the same; a short reason is enough.', shortNeeded: 'Please give a short reason',
  crew: 'Who is on board?', crewHint: 'Names and documents go into a vault; gates see a mask.', name: 'Name', doc: 'Identity number', phone: 'Mobile number', nameNeeded: "Please enter the driver's name", phoneNeeded: "Please enter the driver's mobile number", second: 'Also on board', add: 'Add somebody on board',
  done: 'Declared', card: "Driver's card", cardNote: 'Keep this card: it shows your permit, and asks for food, rest or a doctor.',
  planned: 'Expected at the gate', next: 'Next', holder: 'Who answers now', call: 'Whom to call here', permit: 'Permit', states: { declared: 'Declared', permitted: 'Permitted', travelling: 'On its way', at_gate: 'At the gate', inside: 'In the city', unloading: 'Unloading', left: 'Has left', handed_on: 'Handed on', cancelled: 'Cancelled', retracted: 'Taken back' },
  permits: { '': 'Not issued yet', valid: 'Valid', expired: 'Expired', early: 'Not valid yet', revoked: 'Revoked' },
  show: 'Show this at the gate', need: 'What do you need?', sent: 'We have it and will call you in time.', reason: 'More about it (not required)', complain: 'What is your complaint?', complainNeeded: 'Please say what is wrong', ask: 'Send',
  needs: { doctor: 'A doctor', medicine: 'Medicine', food: 'Food', water: 'Water', toilet: 'A toilet', rest: 'Rest', complaint: 'Complain' },
  asked: 'What I asked for', answerBy: 'Call back by', helpBy: 'There by', helpStates: { open: 'Received', answered: 'Called back', done: 'Done', closed: 'Closed' },
  went: 'Where I have been', moves: { gate: 'At the gate', in: 'Let in', unload_start: 'Unloading', unload_end: 'Unloaded', exit: 'Left', seen: 'Stop', serve: 'Looked after' },
  open: "Open a driver's card", code: 'Code of the card', bad: 'This code is not right; please check it', emergency: 'In danger of life call 120 first',
}

export const tw = (): typeof zh => (lang() === 'zh' ? zh : en)
