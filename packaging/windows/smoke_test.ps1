# Tries what build.ps1 has made: the frozen program, then the installer as somebody would, without a question. It installs
# nvmeviz for this user and removes it, so it does nothing where it is installed already.
#
#   pwsh packaging\windows\smoke_test.ps1
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$env:PYTHONUTF8 = '1'

$root = (Resolve-Path "$PSScriptRoot\..\..").Path
$target = "$env:LOCALAPPDATA\Programs\nvmeviz"
$menu = "$([Environment]::GetFolderPath('Programs'))\nvmeviz.lnk"
$classes = 'HKCU:\Software\Classes'
$listed = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\nvmeviz'
$settings = "$env:LOCALAPPDATA\nvmeviz"

function Expect([string] $words, [bool] $holds) {
    if (-not $holds) { throw "FAILED: $words" }
    Write-Host "  ok  $words"
}

function Leaves([int] $code, [string] $program, [string[]] $words) { # waits for windows, too
    $process = Start-Process -FilePath $program -ArgumentList $words -Wait -PassThru
    return $process.ExitCode -eq $code
}

$setup = @(Get-ChildItem "$root\dist\nvmeviz-*-setup.exe")
if ($setup.Count -ne 1) { throw 'There must be one installer in dist\.' }
$setup = $setup[0].FullName
if ((Test-Path $target) -or (Test-Path $listed)) { throw 'nvmeviz is installed here already. Uninstall it first.' }

$python = "$root\build\freeze\env\Scripts\python.exe"
& $python "$root\packaging\smoke_test.py" "$root\build\freeze\nvmeviz"
Expect 'the frozen program works' ($LASTEXITCODE -eq 0)

Expect 'the installer installs without a question' (Leaves 0 $setup @('/S'))
$frozen = @(Get-ChildItem -Recurse -File "$root\build\freeze\nvmeviz").Count
Expect 'all files are there, and the uninstaller' (@(Get-ChildItem -Recurse -File $target).Count -eq $frozen + 1)
Expect 'it is in the menu' (Test-Path $menu)
Expect 'it is in the list of programs' ((Get-ItemProperty $listed).DisplayVersion -ne '')
$opens = (Get-Item "$classes\nvmeviz.recording\shell\open\command").GetValue('')
Expect 'it opens recordings' ($opens -eq "`"$target\nvmeviz-window.exe`" run `"%1`"")
$kinds = (Get-Item "$classes\.nvmeviz\OpenWithProgids").GetValueNames()
Expect 'recordings know it' ($kinds -contains 'nvmeviz.recording')

& "$target\nvmeviz.exe" --self-test
Expect 'the installed program passes its own test' ($LASTEXITCODE -eq 0)
Expect 'the window opens and closes' (Leaves 0 "$target\nvmeviz-window.exe" @('run', '--trial', '3'))
$recording = "$env:TEMP\nvmeviz smoke test.nvmeviz"
& "$target\nvmeviz.exe" simulate first-steps -o $recording | Out-Null
Expect 'a recording is saved' ($LASTEXITCODE -eq 0)
Expect 'and opens in the window' (Leaves 0 "$target\nvmeviz-window.exe" @('run', "`"$recording`"", '--trial', '1'))
Remove-Item $recording

$window = Start-Process -FilePath "$target\nvmeviz-window.exe" -ArgumentList 'run', '--trial', '60' -PassThru
Start-Sleep -Seconds 5
Expect 'an update is refused while it runs' (Leaves 2 $setup @('/S'))
$window.Kill()
$window.WaitForExit()
Expect 'an update goes over it' (Leaves 0 $setup @('/S'))

New-Item -ItemType Directory -Force $settings | Out-Null
Set-Content "$settings\smoke-test.txt" 'a setting'
Expect 'it uninstalls without a question' (Leaves 0 "$target\uninstall.exe" @('/S'))
for ($second = 0; (Test-Path $target) -and $second -lt 60; $second++) { Start-Sleep -Seconds 1 } # it goes on in a copy of itself
Expect 'no file is left' (-not (Test-Path $target))
Expect 'nor in the menu' (-not (Test-Path $menu))
Expect 'nor in the list' (-not (Test-Path $listed))
Expect 'nor what opens recordings' (-not (Test-Path "$classes\nvmeviz.recording"))
Expect 'nor what recordings know' (-not (Test-Path "$classes\.nvmeviz"))
Expect 'but settings are' (Test-Path "$settings\smoke-test.txt")
Remove-Item "$settings\smoke-test.txt"
Write-Host 'The installer works.'
