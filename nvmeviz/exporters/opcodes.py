"""Names of opcodes: in plain words, and as QEMU's trace points spell them.

NVM Command Set 1.0, figure "Opcodes for NVM Commands"; Base 2.1, figure "Opcodes for Admin Commands";
QEMU hw/nvme/nvme.h (nvme_io_opc_str, nvme_adm_opc_str).
"""

from __future__ import annotations

from nvmeviz.log.kinds import OP_DBBUF_CONFIG, OP_GOOGLE_DOORBELLS

READ, WRITE = 0x02, 0x01

_NVM = {
    0x00: ("flush", "NVME_NVM_CMD_FLUSH"),
    WRITE: ("write", "NVME_NVM_CMD_WRITE"),
    READ: ("read", "NVME_NVM_CMD_READ"),
    0x05: ("compare", "NVME_NVM_CMD_COMPARE"),
    0x08: ("write zeroes", "NVME_NVM_CMD_WRITE_ZEROES"),
    0x09: ("dataset management", "NVME_NVM_CMD_DSM"),
    0x0C: ("verify", "NVME_NVM_CMD_VERIFY"),
    0x19: ("copy", "NVME_NVM_CMD_COPY"),
    0x79: ("zone management send", "NVME_ZONED_CMD_MGMT_SEND"),
    0x7A: ("zone management receive", "NVME_ZONED_CMD_MGMT_RECV"),
    0x7D: ("zone append", "NVME_ZONED_CMD_ZONE_APPEND"),
}
_ADMIN = {
    0x00: ("delete SQ", "NVME_ADM_CMD_DELETE_SQ"),
    0x01: ("create SQ", "NVME_ADM_CMD_CREATE_SQ"),
    0x02: ("get log page", "NVME_ADM_CMD_GET_LOG_PAGE"),
    0x04: ("delete CQ", "NVME_ADM_CMD_DELETE_CQ"),
    0x05: ("create CQ", "NVME_ADM_CMD_CREATE_CQ"),
    0x06: ("identify", "NVME_ADM_CMD_IDENTIFY"),
    0x08: ("abort", "NVME_ADM_CMD_ABORT"),
    0x09: ("set features", "NVME_ADM_CMD_SET_FEATURES"),
    0x0A: ("get features", "NVME_ADM_CMD_GET_FEATURES"),
    0x0C: ("async event request", "NVME_ADM_CMD_ASYNC_EV_REQ"),
    0x15: ("namespace attachment", "NVME_ADM_CMD_NS_ATTACHMENT"),
    0x19: ("directive send", "NVME_ADM_CMD_DIRECTIVE_SEND"),
    0x1A: ("directive receive", "NVME_ADM_CMD_DIRECTIVE_RECV"),
    0x1C: ("virtualization management", "NVME_ADM_CMD_VIRT_MNGMT"),
    OP_DBBUF_CONFIG: ("doorbell buffer config", "NVME_ADM_CMD_DBBUF_CONFIG"),
    0x80: ("format NVM", "NVME_ADM_CMD_FORMAT_NVM"),
    # Google's vendor command of 2014: QEMU has no name for it.
    OP_GOOGLE_DOORBELLS: ("set doorbell memory", "NVME_ADM_CMD_UNKNOWN"),
}


def opcode_words(opcode: int, *, admin: bool) -> str:
    """The name in plain words, or the number when it has none here."""
    row = (_ADMIN if admin else _NVM).get(opcode)
    return row[0] if row else f"0x{opcode:x}"


def qemu_name(opcode: int, *, admin: bool) -> str:
    """The `opname` of QEMU's trace points."""
    if admin:
        return _ADMIN.get(opcode, ("", "NVME_ADM_CMD_UNKNOWN"))[1]
    return _NVM.get(opcode, ("", "NVME_NVM_CMD_UNKNOWN"))[1]
