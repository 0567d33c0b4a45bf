; The installer for Windows: for one user, without an administrator. NSIS 3, called by build.ps1:
;
;   makensis /DVERSION=0.1.0 /DNUMBERS=0.1.0.0 /DFOLDER=...\build\freeze\nvmeviz /DICON=...\nvmeviz.ico
;            /DREMOVAL=...\removal.nsh /DOUTPUT=...\dist\nvmeviz-0.1.0-windows-x86_64-setup.exe nvmeviz.nsi
;
; REMOVAL deletes exactly what FOLDER holds (removal.py writes it), so that a folder of the user's choice loses nothing of
; theirs. /S installs or uninstalls without a question, /D=FOLDER (last, without quotes) says where to. Exit codes: 0 done,
; 1 cancelled, 2 not possible here.

Unicode true
!ifdef TARGET
Target ${TARGET} ; the check under wine has no 32-bit Windows
!endif
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\nvmeviz"
!define CLASSES "Software\Classes"
!define RECORDING "nvmeviz.recording"
!define PUBLISHER "nvmeviz maintainers"
!define MENU_ENTRY "$SMPROGRAMS\nvmeviz.lnk"

Name "nvmeviz"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\nvmeviz"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
SetCompressor /SOLID lzma
SetCompressorDictSize 32
BrandingText "nvmeviz ${VERSION}"
ManifestDPIAware true
ManifestSupportedOS Win10
VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "nvmeviz"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Installs nvmeviz"
VIAddVersionKey "CompanyName" "${PUBLISHER}"
VIAddVersionKey "LegalCopyright" "Apache License 2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\nvmeviz-window.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

!macro Refuse SENTENCE
    MessageBox MB_OK|MB_ICONSTOP "${SENTENCE}" /SD IDOK
    SetErrorLevel 2
    Quit
!macroend

Function .onInit
    ${IfNot} ${RunningX64}
    ${OrIfNot} ${AtLeastWin10}
        !insertmacro Refuse "nvmeviz needs Windows 10 or newer, 64-bit."
    ${EndIf}
FunctionEnd

; The one that is registered goes first, wherever it lies, with the files that this one has no more. While the program runs
; its uninstaller refuses. $0: where it lay, "" without one.
Function RemoveOlder
    ReadRegStr $0 HKCU "${UNINSTALL_KEY}" "InstallLocation"
    ${If} $0 == ""
    ${OrIfNot} ${FileExists} "$0\uninstall.exe"
        Return
    ${EndIf}
    ${Do}
        ; _?= keeps it where it is and waits for it; it can't remove itself then.
        ExecWait '"$0\uninstall.exe" /S _?=$0' $1
        ${If} $1 = 0
            ${Break}
        ${EndIf}
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "nvmeviz is running. Please close it." /SD IDCANCEL IDRETRY again
        SetErrorLevel 2
        Quit
        again:
    ${Loop}
    Delete "$0\uninstall.exe"
FunctionEnd

Section
    Call RemoveOlder
    ${If} $0 != $INSTDIR
        ${If} $0 != ""
            RMDir "$0"
        ${EndIf}
        ${DirState} "$INSTDIR" $1
        ${If} $1 = 1
            !insertmacro Refuse "Something else lies in this folder. Please choose an empty one: $INSTDIR"
        ${EndIf}
    ${EndIf}

    ; First of all what removes it, in case that this is interrupted.
    SetOutPath "$INSTDIR"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "nvmeviz"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\nvmeviz-window.exe"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1

    File /r "${FOLDER}\*.*"
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0

    CreateShortcut "${MENU_ENTRY}" "$INSTDIR\nvmeviz-window.exe"
    WriteRegStr HKCU "${CLASSES}\${RECORDING}" "" "nvmeviz recording"
    WriteRegStr HKCU "${CLASSES}\${RECORDING}\DefaultIcon" "" "$INSTDIR\nvmeviz-window.exe,0"
    WriteRegStr HKCU "${CLASSES}\${RECORDING}\shell\open\command" "" '"$INSTDIR\nvmeviz-window.exe" run --in-window "%1"'
    WriteRegStr HKCU "${CLASSES}\.nvmeviz\OpenWithProgids" "${RECORDING}" ""
    ReadRegStr $0 HKCU "${CLASSES}\.nvmeviz" ""
    ${If} $0 == "" ; not when someone chose another program
        WriteRegStr HKCU "${CLASSES}\.nvmeviz" "" "${RECORDING}"
    ${EndIf}
    ${RefreshShellIcons}
SectionEnd

; Sets the error flag when it runs: then it can't be opened for writing.
!macro TryToWrite NAME
    ${If} ${FileExists} "$INSTDIR\${NAME}"
        FileOpen $0 "$INSTDIR\${NAME}" a
        FileClose $0
    ${EndIf}
!macroend

Section un.
    ${Do}
        ClearErrors
        !insertmacro TryToWrite "nvmeviz.exe"
        !insertmacro TryToWrite "nvmeviz-window.exe"
        ${IfNot} ${Errors}
            ${Break}
        ${EndIf}
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "nvmeviz is running. Please close it." /SD IDCANCEL IDRETRY again
        SetErrorLevel 2
        Quit
        again:
    ${Loop}

    !include "${REMOVAL}"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR" ; stays when the user has put something there
    Delete "${MENU_ENTRY}"

    DeleteRegKey HKCU "${CLASSES}\${RECORDING}"
    DeleteRegValue HKCU "${CLASSES}\.nvmeviz\OpenWithProgids" "${RECORDING}"
    DeleteRegKey /ifempty HKCU "${CLASSES}\.nvmeviz\OpenWithProgids"
    ReadRegStr $0 HKCU "${CLASSES}\.nvmeviz" ""
    ${If} $0 == "${RECORDING}"
        DeleteRegValue HKCU "${CLASSES}\.nvmeviz" ""
    ${EndIf}
    DeleteRegKey /ifempty HKCU "${CLASSES}\.nvmeviz"
    DeleteRegKey HKCU "${UNINSTALL_KEY}"
    ${RefreshShellIcons}
SectionEnd
